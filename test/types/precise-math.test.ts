/** Values as Java gives them, where those of the JavaScript engine are off by one in the last digit. */
import { expect, test } from 'vitest';
import * as math from '../../src/types/precise-math.ts';

test.each([
  [math.preciseLog, 3, 1.0986122886681098],
  [math.preciseLog, 48, 3.871201010907891],
  [math.preciseLog10, 1000, 3],
  [math.preciseLog10, 11, 1.0413926851582251],
  [math.preciseExp, 1, Math.E],
  [math.preciseExp, 19, 178482300.96318725],
  [math.preciseExp, -0.5, 0.6065306597126334],
  [math.preciseSin, 18, -0.750987246771676],
  [math.preciseCos, 6, 0.960170286650366],
  [math.preciseTan, 4, 1.1578212823495775],
])('%o of %d', (compute, x, wanted) => {
  expect(compute(x)).toBe(wanted);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0, -1, 5e-324, 1e308, 1e20])(
  'the edges are those of the engine: %d',
  (x) => {
    expect(math.preciseLog(x)).toBe(Math.log(x));
    expect(math.preciseLog10(x)).toBe(Math.log10(x));
    expect(math.preciseSin(x)).toBe(Math.sin(x));
    expect(math.preciseExp(x)).toBe(Math.exp(x));
  },
);
