// Why a tile has no picture: what is wrong and what the recorder does about it, in the words of the local screen.
import { shortTime } from "./clock.js";

const TABLE = {
  off: ["Channel off", "Nothing is shown or recorded."],
  connecting: ["Connecting to the camera", "Waiting for its answer."],
  playing: ["Waiting for a picture", "Video arrives; it shows at the next key frame."],
  stalled: ["No video from the camera", "The connection stands; it is renewed if nothing comes."],
  unreachable: ["No answer from the camera", "Trying again."],
  wrong_password: ["Wrong password", "Stopped so that the camera does not lock. Enter the password on the recorder."],
  not_found: ["No stream at this address", "Trying again."],
  unsupported: ["No video that can be recorded", "The recorder takes H.264 and H.265."],
  faulty: ["Faulty stream", "Trying again. Restart the camera if this stays."],
  media_lost: ["Recording service down", "It is being started again."],
};

export function cause(state, sinceUs) {
  const [what, doing] = TABLE[state] || [state, ""];
  const since = sinceUs ? ` since ${shortTime(sinceUs / 1000)}` : "";
  return { what: `${what}${since}.`, doing };
}
