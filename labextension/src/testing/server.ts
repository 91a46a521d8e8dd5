/** A server for unit tests: answers by method and path, and remembers what it was asked. */
import { ServerConnection } from '@jupyterlab/services';

import { Api } from '../api/client';

/** What is answered, now or when it resolves. */
type Reply = (query: URLSearchParams, body: unknown) => unknown;

export interface IAsked {
  readonly what: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

/** What a reply throws to answer with an error. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message = code
  ) {
    super(message);
  }
}

/** A reply that is nobody's: the way to the server is gone. */
export function unreachable(): never {
  throw new ServerConnection.NetworkError(new TypeError('Failed to fetch'));
}

/** A reply that comes when the test says so. */
export class Held<T> {
  readonly reply: Promise<T>;

  constructor() {
    this.reply = new Promise(resolve => (this.answer = resolve));
  }

  answer!: (value: T) => void;
}

export class FakeServer {
  readonly asked: IAsked[] = [];
  readonly api: Api;

  constructor(private readonly _replies: Record<string, Reply>) {
    const settings = ServerConnection.makeSettings({ baseUrl: 'http://test/base/' });
    this.api = new Api(settings, (url, init) => this._answer(url, init));
  }

  /** How often something was asked. */
  count(what: string): number {
    return this.asked.filter(one => one.what === what).length;
  }

  private async _answer(address: string, init: RequestInit): Promise<Response> {
    const url = new URL(address);
    const path = url.pathname.replace('/base/jupyter-repro/api/', '');
    const what = `${init.method ?? 'GET'} ${path}`;
    const body: unknown = typeof init.body === 'string' ? JSON.parse(init.body) : undefined;
    this.asked.push({ what, query: url.searchParams, body });
    const reply = this._replies[what];
    if (reply === undefined) {
      return json({ code: 'not_found', message: `Nobody answers ${what}`, problems: [] }, 404);
    }
    try {
      return json(await reply(url.searchParams, body), 200);
    } catch (error) {
      if (error instanceof Refusal) {
        return json({ code: error.code, message: error.message, problems: [] }, error.status);
      }
      throw error;
    }
  }
}

function json(value: unknown, status: number): Response {
  return new Response(value === undefined ? null : JSON.stringify(value), { status });
}
