import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Recordings } from "./recordings";

const URL_1 = "/audio/1";
const created: string[] = [];
const revoked: string[] = [];

beforeEach(() => {
  created.length = 0;
  revoked.length = 0;
  vi.spyOn(URL, "createObjectURL").mockImplementation(() => {
    created.push(`blob:${created.length}`);
    return created.at(-1) as string;
  });
  vi.spyOn(URL, "revokeObjectURL").mockImplementation((object) => void revoked.push(object));
});
afterEach(() => vi.restoreAllMocks());

test("two plays of one recording while it loads share one object", async () => {
  const load = vi.fn(async () => new Blob(["sound"]));
  const recordings = new Recordings(load);
  const both = await Promise.all([recordings.object(URL_1), recordings.object(URL_1)]);
  expect(both).toEqual(["blob:0", "blob:0"]);
  expect(created).toEqual(["blob:0"]);
  expect(load).toHaveBeenCalledTimes(1);
});

test("every object is released with its interview, also one that arrives later", async () => {
  let arrive: (sound: Blob) => void = () => undefined;
  const late = new Promise<Blob>((resolve) => {
    arrive = resolve;
  });
  const recordings = new Recordings((url) => (url === URL_1 ? Promise.resolve(new Blob()) : late));
  await recordings.object(URL_1);
  const arriving = recordings.object("/audio/2");
  recordings.release();
  arrive(new Blob());
  await arriving;
  expect(created).toHaveLength(2);
  expect(revoked.toSorted()).toEqual(created);
});

test("a recording that could not be fetched is fetched again", async () => {
  const load = vi.fn(async () => new Blob()).mockRejectedValueOnce(new Error("offline"));
  const recordings = new Recordings(load);
  await expect(recordings.object(URL_1)).rejects.toThrow("offline");
  await expect(recordings.object(URL_1)).resolves.toBe("blob:0");
});
