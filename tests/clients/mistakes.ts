/** What the compiler has to refuse: each of these lines is wrong, and it says so where one is not. */

import { send } from "./client.js";
import { CatalogueDocument, CreatePlaylistDocument, type TrackFilter } from "./gql/graphql.js";

const server = { url: "http://localhost:8000/graphql" };

export async function mistakes(): Promise<void> {
  // @ts-expect-error: tracks have no colour
  const colour: TrackFilter = { colour: { eq: "red" } };
  // @ts-expect-error: milliseconds are numbers
  const length: TrackFilter = { milliseconds: { gt: "long" } };
  // @ts-expect-error: a playlist needs a name
  const { createPlaylist: result } = await send(server, CreatePlaylistDocument, {});
  // @ts-expect-error: it may have failed
  result.playlist;
  const { tracks } = await send(server, CatalogueDocument, { where: { or: [colour, length] } });
  // @ts-expect-error: prices are exact, and come as text
  const price: number = tracks.nodes[0]!.unitPrice;
  // @ts-expect-error: what was not asked for is not there
  tracks.nodes[0]!.composer;
  // @ts-expect-error: a track may be on no album
  price && tracks.nodes[0]!.album.title;
}
