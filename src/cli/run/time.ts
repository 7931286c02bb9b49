/** `2026-01-31 14:05:09`, in the reader's own time zone. */
export function localTime(ms: number): string {
  const date = new Date(ms);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  return `${day} ${time}`;
}

/** ISO 8601 in UTC, for programs. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
