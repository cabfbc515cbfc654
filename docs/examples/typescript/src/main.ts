/** Walks through long love songs, makes a playlist, and hears of its new name. */

import { argv } from "node:process";
import { follow, send } from "./client.js";
import {
  CatalogueDocument,
  type CatalogueQuery,
  CreatePlaylistDocument,
  PlaylistChangesDocument,
  RenamePlaylistDocument,
  type TrackFilter,
  type TrackRowFragment,
} from "./gql/graphql.js";

const server = { url: argv[2] ?? "http://localhost:8000/graphql" };

async function* tracks(where: TrackFilter): AsyncGenerator<TrackRowFragment> {
  for (let after: string | null = null; ; ) {
    const page: CatalogueQuery = await send(server, CatalogueDocument, { where, after });
    yield* page.tracks.nodes;
    if (!page.tracks.pageInfo.hasNextPage) return;
    after = page.tracks.pageInfo.endCursor;
  }
}

async function createPlaylist(name: string) {
  const { createPlaylist: result } = await send(server, CreatePlaylistDocument, { name });
  switch (result.__typename) {
    case "CreatePlaylistSuccess":
      if (result.playlist) return result.playlist;
      throw new Error("It was made, and is not for you to see.");
    case "ValidationFailed":
      throw new Error(result.violations.map((one) => `${one.path}: ${one.message}`).join("\n"));
    case "PermissionDenied":
    case "IdempotencyKeyReused":
      throw new Error(result.message);
    default:
      // One that the API has since this was generated; here the compiler sees that nothing was forgotten.
      throw new Error(`unknown result: ${(result satisfies never as { __typename: string }).__typename}`);
  }
}

for await (const track of tracks({ name: { iContains: "love" }, milliseconds: { gt: 300_000 } })) {
  console.log(`${track.duration}  ${track.name}, ${track.album?.artist.name ?? "nobody"}`);
}

const { id, version } = await createPlaylist("Sunday Morning");
const changes = await follow(server, PlaylistChangesDocument, { id, first: 1 });
await send(server, RenamePlaylistDocument, { id, version, name: "Sunday Evening" });
for await (const { playlistChanged: change } of changes) {
  console.log(`${change.event}: ${change.playlist?.name ?? "gone"}`);
}
