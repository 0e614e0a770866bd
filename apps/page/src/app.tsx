// The frame: a home and three rooms. Rooms that were entered stay as they are while another one is shown.
import { useEffect, useState } from "preact/hooks";
import t from "texts";
import { castHost, castUrl } from "./cast_target";
import type { ElectionGuard } from "./engine";
import { GuardianRoom } from "./guardian/room";
import { LiveRegion } from "./parts/announce";
import { Heading } from "./parts/heading";
import { VerifyRoom } from "./verify/room";
import { VoteRoom } from "./vote/room";

const ROOMS = ["vote", "guardian", "verify"] as const;
type Room = (typeof ROOMS)[number];
const VIEWS = { vote: VoteRoom, guardian: GuardianRoom, verify: VerifyRoom };

function roomOfAddress(): Room | null {
  const name = location.hash.slice(1);
  return ROOMS.find((room) => room === name) ?? null;
}

function useRoom(): Room | null {
  const [room, setRoom] = useState(roomOfAddress);
  useEffect(() => {
    const changed = (): void => setRoom(roomOfAddress());
    window.addEventListener("hashchange", changed);
    return () => window.removeEventListener("hashchange", changed);
  }, []);
  useEffect(() => {
    document.title = room === null ? t.title : `${t.frame[room]} – ${t.title}`;
  }, [room]);
  return room;
}

function Home() {
  return (
    <>
      <Heading level={1}>{t.frame.homeTitle}</Heading>
      <p class="lead">{castUrl === null ? t.frame.homeText : t.frame.homeSends(castHost)}</p>
      <ul class="doors">
        {ROOMS.map((room) => (
          <li key={room}>
            <a href={`#${room}`}>
              <strong>{t.frame[room]}</strong>
              <span>{t.frame[`${room}Text`]}</span>
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}

function Header({ room }: { room: Room | null }) {
  return (
    <header class="top">
      <a class="skip" href="#content" onClick={toContent}>
        {t.frame.skip}
      </a>
      <nav aria-label={t.frame.rooms}>
        <a href="#" aria-current={room === null ? "page" : undefined}>
          {t.frame.home}
        </a>
        {ROOMS.map((name) => (
          <a key={name} href={`#${name}`} aria-current={room === name ? "page" : undefined}>
            {t.frame[name]}
          </a>
        ))}
      </nav>
    </header>
  );
}

// the part behind # is the room's name
function toContent(event: Event): void {
  event.preventDefault();
  document.getElementById("content")?.focus();
}

export function App({ engine, info }: { engine: ElectionGuard; info: { version: string; kernel: string } }) {
  const room = useRoom();
  const [entered, setEntered] = useState<Room[]>([]);
  if (room !== null && !entered.includes(room)) {
    setEntered([...entered, room]);
  }
  return (
    <>
      <Header room={room} />
      <main id="content" tabIndex={-1}>
        {room === null && <Home />}
        {entered.map((name) => {
          const View = VIEWS[name];
          return (
            <section key={name} hidden={name !== room} aria-label={t.frame[name]}>
              <View engine={engine} />
            </section>
          );
        })}
      </main>
      <footer>
        <p>{t.frame.trust}</p>
        <p>{t.frame.foot(info.version, info.kernel)}</p>
      </footer>
      <LiveRegion />
    </>
  );
}
