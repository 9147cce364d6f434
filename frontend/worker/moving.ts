// Moving and sizing a box inside the part of a page in which it may stand.

import type { Box } from "../shared/geometry";

const SMALLEST = 0.06; // of the page's width: a signature below it cannot be read

const whole = (page: number): Box => ({ page, x: 0, y: 0, w: 1, h: 1 });

/** The box with its corner at (x, y), or as near as its room allows. */
export function movedTo(box: Box, x: number, y: number, zone: Box | null): Box {
  const room = zone || whole(box.page);
  return {
    ...box,
    x: between(x, room.x, room.x + room.w - box.w),
    y: between(y, room.y, room.y + room.h - box.h),
  };
}

/** The box larger or smaller around its middle, in the same proportions. */
export function sized(box: Box, factor: number, zone: Box | null): Box {
  const room = zone || whole(box.page);
  const most = Math.min(room.w / box.w, room.h / box.h);
  const least = Math.min(SMALLEST / box.w, 1);
  const by = between(factor, least, most);
  const [w, h] = [box.w * by, box.h * by];
  return movedTo({ ...box, w, h }, box.x + (box.w - w) / 2, box.y + (box.h - h) / 2, zone);
}

/** The box on another page of the document; a zone belongs to its page, so there it stays. */
export function onPage(box: Box, page: number, pages: number): Box {
  return { ...box, page: between(page, 1, pages) };
}

function between(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(value, most));
}
