/** Errors of decoding and encoding, with the exception classes of the Java libraries that Flink's users meet. */
import { EngineError } from '../base/error.ts';

/** Class names as users see them, by a short name of ours. */
export const javaClasses = {
  io: 'java.io.IOException',
  illegalState: 'java.lang.IllegalStateException',
  illegalArgument: 'java.lang.IllegalArgumentException',
  numberFormat: 'java.lang.NumberFormatException',
  arrayIndex: 'java.lang.ArrayIndexOutOfBoundsException',
  nullPointer: 'java.lang.NullPointerException',
  classCast: 'java.lang.ClassCastException',
  runtime: 'java.lang.RuntimeException',
  dateTime: 'java.time.DateTimeException',
  dateTimeParse: 'java.time.format.DateTimeParseException',
  unsupported: 'java.lang.UnsupportedOperationException',
  flinkJsonParse: 'org.apache.flink.formats.json.JsonParseException',
  jacksonParse: 'org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.JsonParseException',
  jacksonEof: 'org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.io.JsonEOFException',
  jacksonInput: 'org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.exc.InputCoercionException',
  jacksonMapping: 'org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonMappingException',
  jacksonMismatch: 'org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.exc.MismatchedInputException',
  jacksonFormat: 'org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.exc.InvalidFormatException',
  csvRead: 'org.apache.flink.shaded.jackson2.com.fasterxml.jackson.dataformat.csv.CsvReadException',
} as const;

/** An error of a message's content. */
export function contentError(javaClass: keyof typeof javaClasses, message: string, cause?: unknown): EngineError {
  return new EngineError('FORMAT_CONTENT', message, {
    exceptionClass: javaClasses[javaClass],
    ...(cause === undefined ? {} : { cause }),
  });
}
