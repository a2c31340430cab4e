/** SCRAM against the exchange that RFC 7677 prints. */
import { expect, test } from 'vitest';
import { ScramClient } from '../../src/connectors/kafka/scram.ts';

const CHALLENGE = 'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096';

test('the messages of RFC 7677', () => {
  const client = new ScramClient('SCRAM-SHA-256', 'user', 'pencil', 'rOprNGfwEbeRWgbNEkqO');
  expect(client.first()).toBe('n,,n=user,r=rOprNGfwEbeRWgbNEkqO');
  expect(client.final(CHALLENGE)).toBe(
    'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
  );
  expect(client.isServer('v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=')).toBe(true);
  expect(client.isServer('v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=')).toBe(false);
  expect(client.isServer('e=other-error')).toBe(false);
});

test('a challenge to somebody else is none', () => {
  const client = new ScramClient('SCRAM-SHA-512', 'a,b=c', 'pencil', 'mine');
  expect(client.first()).toBe('n,,n=a=2Cb=3Dc,r=mine');
  expect(client.final(CHALLENGE)).toBeNull();
  expect(client.final('nonsense')).toBeNull();
});
