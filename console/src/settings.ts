// The settings of a session, as an action has them: "DateStyle=ISO, MDY; TimeZone=UTC; ...". What is not as it usually is
// stands first. A piece counts as usual only when it is exactly one of these (src/core/action/settings.c has the same).
const CULTURES = ["C", "C.UTF-8", "en_US.UTF-8"];

const USUAL = new Set([
  "DateStyle=ISO, MDY",
  "IntervalStyle=postgres",
  ...["UTC", "Etc/UTC", "GMT"].map((zone) => `TimeZone=${zone}`),
  "timezone_abbreviations=Default",
  "transform_null_equals=off",
  "row_security=on",
  "array_nulls=on",
  "backslash_quote=safe_encoding",
  "bytea_output=hex",
  "extra_float_digits=1",
  ...["english", "simple"].map((name) => `default_text_search_config=pg_catalog.${name}`),
  ...["lc_monetary", "lc_numeric", "lc_time"].flatMap((name) => CULTURES.map((culture) => `${name}=${culture}`)),
  "xmloption=content",
  "xmlbinary=base64",
]);

export interface Settings {
  unusual: string[];
  usual: string[];
}

export function settingsOf(text: string): Settings {
  const pieces = text === "" ? [] : text.split("; ");
  return { unusual: pieces.filter((p) => !USUAL.has(p)), usual: pieces.filter((p) => USUAL.has(p)) };
}
