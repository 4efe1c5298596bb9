import { expect, test } from "vitest";
import { en, type Messages } from "./messages";
import { messages as de } from "./messages.de";
import { messages as es } from "./messages.es";
import { messages as fr } from "./messages.fr";
import { moment, speaks } from "./words";

type Tree = { [name: string]: unknown };

/** Every text with its path; a text that is made of numbers or names is made of some. */
function texts(tree: object, path = ""): [string, string][] {
  return Object.entries(tree as Tree).flatMap(([name, value]): [string, string][] => {
    const at = `${path}${name}`;
    if (typeof value === "string") return [[at, value]];
    if (typeof value === "function") return [[at, String(value(3, 2))]];
    return texts(value as object, `${at}.`);
  });
}

/** The same in two languages. */
const SAME =
  /^(locale|interview\.question|interview\.interviewer|interview\.conversation|help\.title|answer\.options?|product)$|^interview\.phase/;

test.each<[string, Messages]>([
  ["de", de],
  ["fr", fr],
  ["es", es],
])("every text is translated into %s", (locale, words) => {
  const english = new Map(texts(en));
  for (const [path, text] of texts(words)) {
    expect(text.trim(), path).not.toBe("");
    if (!SAME.test(path)) expect(text, path).not.toBe(english.get(path));
  }
  expect(words.locale).toBe(locale);
  expect(words.ended.next(7)).toHaveLength(en.ended.next(7).length);
});

test.each([en, de, fr, es])("the last page says when the hiring team replies ($locale)", (words) => {
  expect(words.ended.next(7).at(-1)).toMatch(/\b7 (days|Tagen|jours|días)\b/);
  expect(words.ended.next(1).at(-1)).not.toMatch(/\d/);
  expect(words.ended.next(0).at(-1)).not.toMatch(/\d|days|Tage|jours|días/);
});

test("a region's language is that of its words", () => {
  expect(["en-US", "de-AT", "fr", "es-MX", "pt-BR", "toString"].map(speaks)).toEqual([
    true,
    true,
    true,
    true,
    false,
    false,
  ]);
});

test("a moment is written as its readers write it", () => {
  const at = new Date("2026-12-03T17:30:00Z");
  expect(moment(at, en)).toMatch(/^Thursday,? 3 December 2026/);
  expect(moment(at, de)).toMatch(/^Donnerstag, 3\. Dezember 2026/);
  expect(moment(at, fr)).toMatch(/^jeudi 3 décembre 2026/);
  expect(moment(at, es)).toMatch(/^jueves, 3 de diciembre de 2026/);
});
