/** Moments and lengths of time, in the reader's language. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Words and forms for times, all from the platform's own translations. */
export class TimeFormat {
  /** @param locale - a BCP 47 tag, or `undefined` for the browser's */
  constructor(locale?: string) {
    this._clock = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' });
    this._weekday = new Intl.DateTimeFormat(locale, {
      weekday: 'short',
      day: 'numeric',
      month: 'short'
    });
    this._date = new Intl.DateTimeFormat(locale, {
      day: 'numeric',
      month: 'short',
      year: 'numeric'
    });
    this._exact = new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'medium' });
    this._relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' });
    this._words = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  }

  /** `10:42` */
  clock(time: string): string {
    return this._clock.format(new Date(time));
  }

  /** `Friday, November 21, 2026 at 10:42:07` */
  exact(time: string): string {
    return this._exact.format(new Date(time));
  }

  /** `Today`, `Yesterday`, `Tue, Nov 17`, `Nov 17, 2025` */
  day(time: string, now: Date = new Date()): string {
    const then = new Date(time);
    const days = Math.round((midnight(now) - midnight(then)) / DAY);
    if (days === 0 || days === 1) {
      return capital(this._words.format(-days, 'day'));
    }
    const format = then.getFullYear() === now.getFullYear() ? this._weekday : this._date;
    return format.format(then);
  }

  /**
   * `now`, `12 min. ago`, `3 hr. ago`; from half a day on the time of day, with its day when that is not the one of
   * `under`, a moment whose day stands above it.
   */
  ago(time: string, under: string | null = null, now: Date = new Date()): string {
    const past = Math.max(0, now.getTime() - new Date(time).getTime());
    if (past < MINUTE) {
      return this._relative.format(0, 'second');
    }
    if (past < HOUR) {
      return this._relative.format(-Math.floor(past / MINUTE), 'minute');
    }
    if (past < 12 * HOUR) {
      return this._relative.format(-Math.floor(past / HOUR), 'hour');
    }
    const sameDay = under === null || midnight(new Date(under)) === midnight(new Date(time));
    return sameDay ? this.clock(time) : this.moment(time, now);
  }

  /** `today 10:42`, `Nov 17, 2025, 10:42`: a moment inside a sentence. */
  moment(time: string, now: Date = new Date()): string {
    const day = this.day(time, now);
    const days = Math.round((midnight(now) - midnight(new Date(time))) / DAY);
    return `${days === 0 || days === 1 ? day.toLocaleLowerCase() : day} ${this.clock(time)}`;
  }

  private readonly _clock: Intl.DateTimeFormat;
  private readonly _weekday: Intl.DateTimeFormat;
  private readonly _date: Intl.DateTimeFormat;
  private readonly _exact: Intl.DateTimeFormat;
  private readonly _relative: Intl.RelativeTimeFormat;
  private readonly _words: Intl.RelativeTimeFormat;
}

/** Lab's language as a tag for dates; `en` is its default and says nothing about how the user writes them. */
export function localeOf(languageCode: string): string | undefined {
  return languageCode === 'en' ? undefined : languageCode.replace('_', '-');
}

/** `2 h 5 min`, `40 min`, `3 d 4 h`: how long something lasted; nothing when under a minute. */
export function duration(from: string, to: string): string {
  const minutes = Math.max(
    0,
    Math.round((new Date(to).getTime() - new Date(from).getTime()) / MINUTE)
  );
  const days = Math.floor(minutes / (24 * 60));
  const hours = Math.floor(minutes / 60) % 24;
  const rest = minutes % 60;
  if (days > 0) {
    return hours > 0 ? `${days} d ${hours} h` : `${days} d`;
  }
  if (hours > 0) {
    return rest > 0 ? `${hours} h ${rest} min` : `${hours} h`;
  }
  return rest > 0 ? `${rest} min` : '';
}

function midnight(date: Date): number {
  // Through UTC, so that a day of 23 or 25 hours still counts as one.
  return Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
}

function capital(word: string): string {
  return word.charAt(0).toLocaleUpperCase() + word.slice(1);
}
