import { beforeEach, expect, test } from "vitest";
import { clearDraft, loadDraft, loadSent, saveDraft, saveSent } from "./drafts";
import { holdsLink, takeLink } from "./link";
import { DEFAULTS, loadSettings, saveSettings, speechRate } from "./settings";

const TOKEN = "eyJhbGciOiJIUzI1NiJ9.e30.signature";

class Memory implements Storage {
  #kept = new Map<string, string>();
  get length() {
    return this.#kept.size;
  }
  clear = () => this.#kept.clear();
  getItem = (key: string) => this.#kept.get(key) ?? null;
  key = () => null;
  removeItem = (key: string) => void this.#kept.delete(key);
  setItem = (key: string, value: string) => void this.#kept.set(key, value);
}

let storage: Memory;
let address: string | null;
const history = {
  replaceState: (_: unknown, __: string, url?: string | URL | null) => {
    address = String(url);
  },
};

beforeEach(() => {
  storage = new Memory();
  address = null;
});

test("the token is taken out of the address and kept for a reload", () => {
  expect(takeLink({ hash: `#${TOKEN}`, pathname: "/room" }, history, storage)).toBe(TOKEN);
  expect(address).toBe("/room");
  expect(takeLink({ hash: "", pathname: "/room" }, history, storage)).toBe(TOKEN);
});

test("a place in the page is no token", () => {
  expect(holdsLink({ hash: "#main" })).toBe(false);
  expect(takeLink({ hash: "#main", pathname: "/room" }, history, storage)).toBeNull();
  expect(address).toBeNull();
});

test("another link forgets what belonged to the first", () => {
  takeLink({ hash: `#${TOKEN}`, pathname: "/room" }, history, storage);
  saveDraft(storage, "q1", "words", "half an answer");
  takeLink({ hash: `#${TOKEN}2`, pathname: "/room" }, history, storage);
  expect(loadDraft(storage, "q1", "words")).toBeUndefined();
});

test("a draft belongs to its question", () => {
  saveDraft(storage, "q1", "words", "half an answer");
  saveDraft(storage, "q1", "choice", ["b"]);
  expect(loadDraft(storage, "q1", "words")).toBe("half an answer");
  expect(loadDraft(storage, "q1", "choice")).toEqual(["b"]);
  expect(loadDraft(storage, "q2", "words")).toBeUndefined();
  saveDraft(storage, "q1", "choice", null);
  expect(loadDraft(storage, "q1", "choice")).toBeUndefined();
  clearDraft(storage);
  expect(loadDraft(storage, "q1", "words")).toBeUndefined();
});

test("a draft of an earlier release is no draft, and does not stop the page", () => {
  storage.setItem("interview.draft", '["q1","half an answer"]');
  expect(loadDraft(storage, "q1", "words")).toBeUndefined();
});

test("a sent answer keeps its key until it is answered", () => {
  saveSent(storage, { key: "k", text: "words" });
  expect(loadSent(storage)).toEqual({ key: "k", text: "words" });
  saveSent(storage, null);
  expect(loadSent(storage)).toBeNull();
});

test("settings outlive a reload, and broken ones are the defaults", () => {
  expect(loadSettings(storage)).toEqual(DEFAULTS);
  saveSettings(storage, { ...DEFAULTS, slower: true });
  expect(speechRate(loadSettings(storage))).toBe(0.8);
  storage.setItem("interview.settings", "{");
  expect(loadSettings(storage)).toEqual(DEFAULTS);
});
