/**
 * The REST API as typed calls. Paths, parameters, bodies and answers are checked against the server's own
 * OpenAPI document, from which `schema.ts` is generated at build time.
 */
import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import { nullTranslator, type TranslationBundle } from '@jupyterlab/translation';

import { fillPath, queryString, type QueryValue } from './encode';
import type { components, paths } from './schema';

type Schemas = components['schemas'];

export type Branch = Schemas['Branch'];
export type Build = Schemas['Build'];
export type Change = Schemas['Change'];
export type ChangedCounts = Schemas['ChangedCounts'];
export type CheckpointDone = Schemas['CheckpointDone'];
export type Commit = Schemas['Commit'];
export type CommitDetail = Schemas['CommitDetail'];
export type ContentsModel = Schemas['ContentsModel'];
export type CopyDone = Schemas['CopyDone'];
export type Definition = Schemas['Definition'];
export type DiffEntry = Schemas['DiffEntry'];
export type DiffPage = Schemas['DiffPage'];
export type DiffSide = Schemas['DiffSide'];
export type Discovered = Schemas['Discovered'];
export type Environment = Schemas['Environment'];
export type EnvironmentDefinition = Schemas['EnvironmentDefinition'];
export type EnvironmentDetail = Schemas['EnvironmentDetail'];
export type EnvironmentLabel = Schemas['EnvironmentLabel'];
export type Engine = Schemas['Engine'];
export type FileDiff = Schemas['FileDiff'];
export type Here = Schemas['Here'];
export type HistoryPage = Schemas['HistoryPage'];
export type NotebookDiff = Schemas['NotebookDiff'];
export type Package = Schemas['Package'];
export type PackageChange = Schemas['PackageChange'];
export type Problem = Schemas['Problem'];
export type ProjectEnvironments = Schemas['ProjectEnvironments'];
export type PurgePlan = Schemas['PurgePlan'];
export type RecreateDone = Schemas['RecreateDone'];
export type RecreatePlan = Schemas['RecreatePlan'];
export type RestoreDone = Schemas['RestoreDone'];
export type RevisionComparison = Schemas['RevisionComparison'];
export type RevisionDetail = Schemas['RevisionDetail'];
export type RevisionRow = Schemas['RevisionRow'];
export type Selection = Schemas['Selection'];
export type Session = Schemas['Session'];
export type ServerSettings = Schemas['Settings'];
export type Software = Schemas['Software'];
export type SoftwareBadge = Schemas['SoftwareBadge'];
export type SoftwareComparison = Schemas['SoftwareComparison'];
export type StorageUse = Schemas['StorageUse'];
export type SwitchDone = Schemas['SwitchDone'];
export type TableDiff = Schemas['TableDiff'];
export type Task = Schemas['Task'];
export type TaskProgress = Schemas['TaskProgress'];
export type TreeEntry = Schemas['TreeEntry'];
export type Used = Schemas['Used'];
export type Workspace = Schemas['Workspace'];
export type WorkspaceState = Schemas['WorkspaceState'];
export type FileKind = NonNullable<TreeEntry['kind']>;
export type ChangeKind = Change['change'];

/** Where the API lives below the server's base URL. */
export const API = 'jupyter-repro/api';

export type Verb = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** The templates that know a verb. */
export type PathWith<V extends Verb> = {
  [P in keyof paths]: paths[P] extends Record<V, { responses: unknown }> ? P : never;
}[keyof paths];

type Operation<V extends Verb, P extends PathWith<V>> =
  paths[P] extends Record<V, infer O> ? O : never;

type PathValues<O> = O extends { parameters: { path: infer Q extends object } }
  ? { path: Q }
  : { path?: undefined };

type QueryValues<O> = O extends { parameters: { query: infer Q extends object } }
  ? { query: Q }
  : O extends { parameters: { query?: infer Q extends object } }
    ? { query?: Q }
    : { query?: undefined };

type JsonBody<R> = R extends { content: { 'application/json': infer B } } ? B : never;

type BodyValue<O> = O extends { requestBody: infer R }
  ? { body: JsonBody<R> }
  : O extends { requestBody?: infer R }
    ? { body?: JsonBody<NonNullable<R>> }
    : { body?: undefined };

/** What a call takes: values for the path, the query string, the body. */
export type Given<V extends Verb, P extends PathWith<V>> = PathValues<Operation<V, P>> &
  QueryValues<Operation<V, P>> &
  BodyValue<Operation<V, P>> & { signal?: AbortSignal };

type JsonOf<R> = R extends { content: { 'application/json': infer A } } ? A : never;

/** What it answers; `undefined` where there is no body. */
export type Answer<V extends Verb, P extends PathWith<V>> =
  Operation<V, P> extends { responses: infer R }
    ? R extends { 204: unknown }
      ? undefined
      : JsonOf<R[keyof R & (200 | 201 | 202)]>
    : never;

/** A failure that the server explained. Match on `code`; `message` is for people. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly problems: Problem['problems'] = []
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

/** Nobody answered: the server is gone, or the way to it. */
export class Unanswered extends Error {
  constructor(trans: TranslationBundle) {
    super(
      trans.__(
        'The Jupyter server does not answer: look whether it runs, and whether the network is there.'
      )
    );
    this.name = 'Unanswered';
  }
}

/** A sentence for people out of whatever was thrown. */
export function messageOf(error: unknown): string {
  if (error instanceof Error && error.name === 'ChunkLoadError') {
    // As the bundler says it, nobody would understand it.
    return 'A part of this page could not be loaded: the server does not answer, or has another version by now. Try again, or reload the page.';
  }
  return error instanceof Error ? error.message : String(error);
}

/** Whether a call was given up by its own caller. */
export function isAbort(error: unknown): boolean {
  if (error instanceof ServerConnection.NetworkError) {
    return error.message.includes('abort');
  }
  return error instanceof DOMException && error.name === 'AbortError';
}

/** One server's API. */
export class Api {
  constructor(
    readonly settings: ServerConnection.ISettings = ServerConnection.makeSettings(),
    private readonly _request: typeof ServerConnection.makeRequest = ServerConnection.makeRequest,
    private readonly _trans: TranslationBundle = nullTranslator.load('')
  ) {}

  /** One call. Rejects with `ApiError`, or with `Unanswered` when nobody answered. */
  async call<V extends Verb, P extends PathWith<V>>(
    verb: V,
    template: P,
    given: Given<V, P>
  ): Promise<Answer<V, P>> {
    const url = this.url(template, given.path, given.query);
    const { body, signal } = given as { body?: unknown; signal?: AbortSignal };
    const response = await this._fetch(url, {
      method: verb.toUpperCase(),
      body: body === undefined ? undefined : JSON.stringify(body),
      signal
    });
    const text = await response.text();
    if (!response.ok) {
      throw errorOf(response, text);
    }
    return (text === '' ? undefined : JSON.parse(text)) as Answer<V, P>;
  }

  /** The address of a resource, for what the browser fetches itself: images, downloads. */
  url(template: keyof paths, path: object = {}, query: object = {}): string {
    return (
      URLExt.join(
        this.settings.baseUrl,
        API,
        fillPath(template, path as Readonly<Record<string, string>>)
      ) + queryString(query as Readonly<Record<string, QueryValue>>)
    );
  }

  /** The address of something that an answer names relative to the API's root. */
  absolute(relative: string): string {
    return URLExt.join(this.settings.baseUrl, API) + '/' + relative.replace(/^\/+/, '');
  }

  /** Content of a resource that is not JSON. */
  async bytes(url: string, signal?: AbortSignal): Promise<ArrayBuffer> {
    const response = await this._fetch(url, { method: 'GET', signal });
    if (!response.ok) {
      throw errorOf(response, await response.text());
    }
    return response.arrayBuffer();
  }

  private async _fetch(url: string, init: RequestInit): Promise<Response> {
    try {
      return await this._request(url, init, this.settings);
    } catch (error) {
      if (error instanceof ServerConnection.NetworkError && !isAbort(error)) {
        throw new Unanswered(this._trans);
      }
      throw error;
    }
  }
}

function errorOf(response: Response, text: string): ApiError {
  let problem: Partial<Problem> = {};
  try {
    problem = JSON.parse(text) as Partial<Problem>;
  } catch {
    // A proxy in between may answer with a page of its own.
  }
  return new ApiError(
    response.status,
    problem.code ?? 'unknown',
    problem.message ?? `The server answered ${response.status} ${response.statusText}.`,
    problem.problems
  );
}
