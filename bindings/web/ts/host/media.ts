// Video and audio inside measured elements: what plays, how far, and for how long it was really played.
import type { Id, Op } from "../shared/op.ts";
import { guarded } from "./guard.ts";
import type { Port } from "../shared/port.ts";

const [START, Q25, Q50, Q75, COMPLETE, PAUSE, RESUME, MUTE, ERROR, STOP] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
const QUARTILES = [Q25, Q50, Q75] as const;
const EVENTS = ["playing", "timeupdate", "pause", "ended", "volumechange", "error", "seeking"];

type Play = {
  id: Id;
  /** Position in s up to which it was counted. */
  at: number;
  /** Played so far, in s: what was skipped is not. */
  watched: number;
  quartile: number;
  playing: boolean;
  muted: boolean;
  done: boolean;
};

export class Media {
  private readonly _plays = new Map<HTMLMediaElement, Play>();
  private readonly _roots = new WeakSet<Node>();

  constructor(
    private readonly _port: Port,
    private readonly _stop: AbortSignal,
  ) {}

  /** Called before the core hears of `op`. */
  before(op: Op, feed: (op: Op) => void): void {
    if (op[1] === "render") {
      const element = this._port.el(op[2]);
      if (!element) return;
      // A player shows video, whether its markup says so or not.
      if (element instanceof HTMLVideoElement) op[3].video = true;
      this._listen(element.getRootNode());
      for (const media of element.matches(MEDIA) ? [element] : element.querySelectorAll(MEDIA)) {
        // It may have begun before anybody listened.
        if (!(media as HTMLMediaElement).paused) this._hear(media as HTMLMediaElement, "playing");
      }
    } else if (op[1] === "hide" || op[1] === "leave" || op[1] === "page") {
      for (const [media, play] of this._plays) {
        if (op[1] === "hide" && op[2] !== play.id) continue;
        const isVideo = media instanceof HTMLVideoElement;
        if (op[1] !== "leave") {
          if (!play.done) feed(this._op(op[0], media, play, STOP));
          this._plays.delete(media);
        } else if (play.playing && isVideo) {
          // Nobody watches a hidden page; sound goes on being heard. It resumes with the next sign of playing.
          feed(this._op(op[0], media, play, PAUSE));
          play.playing = false;
        }
      }
    }
  }

  /** Media events don't bubble, but they are captured; not through the border of a shadow tree, though. */
  private _listen(root: Node): void {
    if (this._roots.has(root)) return;
    this._roots.add(root);
    for (const type of EVENTS) {
      root.addEventListener(type, guarded((event: Event) => this._hear(event.target as HTMLMediaElement, event.type)), {
        capture: true,
        passive: true,
        signal: this._stop,
      });
    }
  }

  private _hear(media: HTMLMediaElement, type: string): void {
    if (!media.matches?.(MEDIA)) return;
    let play = this._plays.get(media);
    if (!play) {
      if (type !== "playing") return;
      const id = this._idOf(media);
      if (!id) return;
      this._plays.set(media, (play = { id, at: media.currentTime, watched: 0, quartile: 0, playing: true, muted: isMuted(media), done: false }));
      return this._tell(media, play, START);
    }
    this._count(media, play, type);
    if (type === "error") this._tell(media, play, ERROR);
    else if (type === "volumechange") {
      if (isMuted(media) !== play.muted && (play.muted = !play.muted)) this._tell(media, play, MUTE);
    } else if (type === "ended") {
      play.playing = false;
      if (!play.done) this._tell(media, play, COMPLETE);
      play.done = true;
    } else if (type === "pause") {
      // The end is told as such.
      if (play.playing && !media.ended) this._tell(media, play, PAUSE);
      play.playing = false;
    } else if (!play.playing && !media.paused && type !== "seeking" && !this._isUnwatched(media)) {
      play.playing = true;
      this._tell(media, play, RESUME);
    }
  }

  /** Adds what was played since the last sign; a jump is not. */
  private _count(media: HTMLMediaElement, play: Play, type: string): void {
    const { currentTime, duration, playbackRate } = media;
    const step = currentTime - play.at;
    if (type !== "seeking" && play.playing && step > 0 && step <= LONGEST_STEP_S * Math.max(1, playbackRate)) play.watched += step;
    play.at = currentTime;
    // A loop, or a visitor who skips back, passes a quartile once.
    while (play.quartile < 3 && duration < Infinity && currentTime >= (duration * (play.quartile + 1)) / 4 && play.watched > 0) {
      this._tell(media, play, QUARTILES[play.quartile++]!);
    }
  }

  private _isUnwatched(media: HTMLMediaElement): boolean {
    return media instanceof HTMLVideoElement && document.visibilityState === "hidden";
  }

  private _idOf(media: Element): Id {
    for (let node: Element | null = media; node; node = node.parentElement ?? ((node.getRootNode() as ShadowRoot).host || null)) {
      const id = this._port.idOf(node);
      if (id) return id;
    }
    return 0;
  }

  private _tell(media: HTMLMediaElement, play: Play, state: number): void {
    this._port.push(this._op(performance.now(), media, play, state));
  }

  private _op(t: number, media: HTMLMediaElement, play: Play, state: number): Op {
    const flags = (media.autoplay ? AUTOPLAY : 0) | (isMuted(media) ? MUTED : 0);
    const length = media.duration < Infinity ? media.duration * 1000 : -1;
    return [t, "media", play.id, state, media.currentTime * 1000, play.watched * 1000, length, flags];
  }
}

const isMuted = (media: HTMLMediaElement): boolean => media.muted || media.volume === 0;

const MEDIA = "video,audio";
const AUTOPLAY = 1;
const MUTED = 2;
/** Ours: signs come four times a second (HTML standard: at least every 250 ms); a busy page is later, a jump is longer. */
const LONGEST_STEP_S = 2;
