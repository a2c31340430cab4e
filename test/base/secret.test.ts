/** Secrets in statements. */
import { expect, test } from 'vitest';
import { maskStatement } from '../../src/base/secret.ts';

test('values of secret options are hidden, quotes in them too, and nothing else', () => {
  expect(maskStatement("WITH ('a'='b','password' = 'it''s','user'='u')")).toBe(
    "WITH ('a'='b','password' = '******','user'='u')",
  );
});

test('secrets within a URL are hidden', () => {
  expect(maskStatement("WITH ('url' = 'jdbc:mysql://h:3306/d?user=u&password=p&useSSL=false')")).toBe(
    "WITH ('url' = 'jdbc:mysql://h:3306/d?user=u&password=******&useSSL=false')",
  );
  expect(maskStatement("SET 'proxy' = 'http://u:p@h:80/x'")).toBe("SET 'proxy' = 'http://u:******@h:80/x'");
});

test('a literal of 10 MB is no trouble', () => {
  const text = `SELECT CHAR_LENGTH('${'x'.repeat(10_000_000)}')`;
  expect(maskStatement(text)).toBe(text);
});
