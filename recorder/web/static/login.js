// Coming in: the first password, or the login.
import { ask, Refusal } from "./api.js";

const $ = (id) => document.getElementById(id);

// Ask until somebody is in. Raises what the recorder refuses before anybody typed.
export async function letIn() {
  const { needs_setup: fresh } = await ask("GET", "/setup");
  $("login-title").textContent = fresh ? "Set up this recorder" : "Nightjar";
  $("login-hint").textContent = fresh
    ? "Choose the administrator's password: 8 to 128 characters. The code was shown when the recorder started." : "";
  $("login-hint").hidden = !fresh;
  $("code-row").hidden = $("again-row").hidden = !fresh;
  $("user-row").hidden = fresh;
  $("login-do").textContent = fresh ? "Set password" : "Log in";
  const form = $("login-form");
  form.password.autocomplete = fresh ? "new-password" : "current-password";
  $("login").hidden = false;
  (fresh ? form.code : form.password).focus();
  await new Promise((inside) => {
    form.onsubmit = async (event) => {
      event.preventDefault();
      $("login-error").textContent = "";
      $("login-do").disabled = true;
      try {
        await (fresh ? setUp(form) : ask("POST", "/sessions",
          { user: form.user.value, password: form.password.value, cookie: true }));
        form.reset();
        inside();
      } catch (error) {
        $("login-error").textContent = error.message;
        form.password.select();
      } finally {
        $("login-do").disabled = false;
      }
    };
  });
  $("login").hidden = true;
}

async function setUp(form) {
  if (form.password.value !== form.again.value) throw new Refusal({ words: "The two passwords differ." });
  await ask("POST", "/setup", { password: form.password.value, code: form.code.value, cookie: true });
}
