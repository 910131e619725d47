// Coming in: the first password, the login with its second factor, or a new password with a one-time code.
import { ownPassword, showCodes, tellResets } from "./account.js";
import { ask, Refusal } from "./api.js";
import { busy } from "./form.js";
import { typed } from "./typed.js";

const $ = (id) => document.getElementById(id);
const WORDS = {
  login: ["Nightjar", "", "Log in"],
  setup: ["Set up this recorder",
    "Choose the administrator's password: 8 to 128 characters. The code was shown when the recorder started.", "Set password"],
  recover: ["Set the password anew",
    "With one of your one-time codes, which were shown when the recorder was set up. Each counts once.", "Set password"],
};

// Ask until somebody is in, and give who it is. Raises what the recorder refuses before anybody typed.
export async function letIn() {
  const { needs_setup: fresh, development } = await ask("GET", "/setup");
  const form = $("login-form");
  let way = fresh ? "setup" : "login";
  const show = (next) => {
    way = next;
    const [title, words, label] = WORDS[way];
    const hint = [words, development ? "This is a development build. It is not for use." : ""].filter(Boolean).join(" ");
    $("login-title").textContent = title;
    $("login-hint").textContent = hint;
    $("login-hint").hidden = !hint;
    $("login-do").textContent = label;
    $("code-words").textContent = way === "setup" ? "Set-up code" : "One-time code";
    $("code-row").hidden = $("again-row").hidden = way === "login";
    $("user-row").hidden = way === "setup";
    $("second-row").hidden = true;
    $("forgotten").textContent = { login: "Forgotten?", setup: "Restore from a disk", recover: "Back to the login" }[way];
    $("login-error").textContent = "";
    form.password.autocomplete = way === "login" ? "current-password" : "new-password";
    (way === "login" ? form.password : form.code).focus();
  };
  $("forgotten").onclick = () => {
    if (way === "setup") restore(form.code.value);
    else show(way === "login" ? "recover" : "login");
  };
  $("login").hidden = false;
  show(way);
  const found = await new Promise((inside) => {
    const send = async () => {
      $("login-error").textContent = "";
      try {
        if (way === "recover") {
          await recover(form);
          show("login");
          $("login-error").textContent = "The password is set. Log in with it.";
        } else {
          inside(await (way === "setup" ? setUp(form) : logIn(form)));
        }
        form.password.value = form.again.value = form.code.value = form.second.value = "";
      } catch (error) {
        refuse(form, error);
      }
    };
    form.onsubmit = (event) => { event.preventDefault(); busy($("login-do"), send); };
  });
  $("login").hidden = true;
  await settle(found, form.user.value);
}

function logIn(form) {
  return ask("POST", "/sessions",
    { user: form.user.value, password: form.password.value, code: form.second.value.trim(), cookie: true });
}

// The password was right where a second factor is asked for: it stays, and the code gets the focus.
function refuse(form, error) {
  $("login-error").textContent = error.message;
  const second = ["CodeNeeded", "WrongSecond"].includes(error.code);
  if (second) $("second-row").hidden = false;
  if (second) form.second.value = "";
  (second ? form.second : form.password).select();
}

function recover(form) {
  agree(form);
  return ask("POST", "/recovery", { user: form.user.value, password: form.password.value, code: form.code.value });
}

function agree(form) {
  if (form.password.value !== form.again.value) throw new Refusal({ words: "The two passwords differ." });
}

// A disk of the recorder may have the settings of one: they come back with the password of an administrator of then.
async function restore(code) {
  let found;
  try {
    found = await ask("POST", "/setup/backups", { code });
  } catch (error) {
    $("login-error").textContent = error.message;
    return;
  }
  if (!found.length) {
    $("login-error").textContent = "No disk of this recorder has settings of one.";
    return;
  }
  const choices = Object.fromEntries(found.map((one) =>
    [one.id, `${one.name}, ${new Date(one.made_us / 1000).toLocaleString()}, disk ${one.disk}`]));
  typed({
    title: "Restore the settings",
    words: "An administrator of that recorder restores them with the password of then. Recordings stay.",
    fields: [{ name: "id", label: "Settings of", choices, value: found[0].id }, { name: "user", label: "User", value: "admin" },
      { name: "password", label: "Password", secret: true }],
    verb: "Restore",
  }, async (values) => {
    await ask("POST", "/setup/restore", { ...values, code });
    $("login-error").textContent = "The settings are restored. The recorder starts anew: load this page again in a few seconds.";
  });
}

async function setUp(form) {
  agree(form);
  return ask("POST", "/setup", { password: form.password.value, code: form.code.value, cookie: true });
}

// What comes before anything else: a password of one's own, codes to be kept, resets to be known.
async function settle(found, user) {
  const words = "The password that you have is old, or somebody else set it. Choose your own before you go on.";
  if (found.must_change && !await ownPassword(user, words)) {
    await ask("DELETE", "/sessions/current").catch(() => {});
    location.reload();
    await new Promise(() => {});
  }
  if (found.recovery_codes?.length) await showCodes(found.recovery_codes);
  await tellResets(found.resets ?? []);
}
