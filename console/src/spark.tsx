// A row of small bars: how much in each hour. Our own SVG; a screen reader hears it as a sentence.
import type { JSX } from "preact";
import { count } from "./words";

const HOUR_MS = 3_600_000;
const WIDTH = 160;
const HEIGHT = 28;

export interface Hourly {
  hour: string;
  value: number;
}

/** Every hour of the time, those without anything too. */
function filled(points: readonly Hourly[], fromMs: number, toMs: number): number[] {
  const first = Math.floor(fromMs / HOUR_MS);
  const out = new Array<number>(Math.max(1, Math.floor(toMs / HOUR_MS) - first + 1)).fill(0);
  for (const p of points) {
    const at = Math.floor(Date.parse(p.hour) / HOUR_MS) - first;
    if (at >= 0 && at < out.length) out[at] = (out[at] ?? 0) + p.value;
  }
  return out;
}

/** So many bars that one can still see them apart. */
function bars(values: readonly number[]): number[] {
  const each = Math.ceil(values.length / 80);
  return Array.from({ length: Math.ceil(values.length / each) }, (_, i) =>
    values.slice(i * each, (i + 1) * each).reduce((a, b) => a + b, 0),
  );
}

interface SparkProps {
  points: readonly Hourly[];
  fromMs: number;
  toMs: number;
  unit: string;
}

export function Spark({ points, fromMs, toMs, unit }: SparkProps): JSX.Element {
  const hours = filled(points, fromMs, toMs);
  const values = bars(hours);
  const most = Math.max(...values, 1);
  const busiest = points.reduce<Hourly | null>((m, p) => (m === null || p.value > m.value ? p : m), null);
  const step = WIDTH / values.length;
  const words =
    busiest === null
      ? `nothing in ${count(hours.length, "hour")}`
      : `${count(hours.length, "hour")}; most in the hour from ${new Date(busiest.hour).toLocaleString()}: ${count(busiest.value, unit)}`;
  return (
    <svg class="spark" role="img" aria-label={words} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width={WIDTH} height={HEIGHT}>
      <path class="ground" d={`M0 ${HEIGHT - 0.5}H${WIDTH}`} />
      {values.map((v, i) =>
        v === 0 ? null : (
          <rect
            key={i}
            x={i * step}
            width={Math.max(step - 0.5, 0.8)}
            y={HEIGHT - Math.max(1.5, (v / most) * (HEIGHT - 2))}
            height={Math.max(1.5, (v / most) * (HEIGHT - 2))}
          />
        ),
      )}
    </svg>
  );
}
