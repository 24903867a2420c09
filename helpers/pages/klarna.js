// Asks Klarna, with Klarna's own script, and hands its answer to the notebook.
"use strict";

const { client_token, payment_method_category, order } = JSON.parse(
  document.getElementById("data").textContent,
);
const form = document.getElementById("answer");
const pay = document.getElementById("pay");

function say(text) {
  document.getElementById("status").textContent = text;
}

function handOver(decision, members) {
  const input = document.createElement("input");
  Object.assign(input, { type: "hidden", name: "decision", value: decision });
  form.append(input);
  for (const [name, value] of Object.entries(members)) form.elements[name].value = value;
  form.submit();
}

function loaded(answer) {
  if (answer.show_form) {
    pay.disabled = false;
    say("Fill in what Klarna asks for, then go on.");
  } else {
    say("Klarna does not offer to pay this order. Its country, its currency or its amount may be the reason.");
  }
}

function authorized(answer) {
  if (answer.approved && answer.authorization_token) {
    handOver("agree", { authorization_token: answer.authorization_token });
  } else if (answer.show_form) {
    const fields = answer.error?.invalid_fields?.join(", ");
    pay.disabled = false;
    say(`Klarna has not agreed yet${fields ? `, because of: ${fields}` : ""}. You can try again.`);
  } else {
    handOver("decline", { reason: "Klarna refused" });
  }
}

function start() {
  try {
    Klarna.Payments.init({ client_token });
    Klarna.Payments.load({ container: "#klarna", payment_method_category }, loaded);
  } catch (error) {
    say(`Klarna's script failed: ${error.message}`);
  }
}

pay.addEventListener("click", () => {
  pay.disabled = true;
  say("Klarna is asking you.");
  Klarna.Payments.authorize({ payment_method_category }, order, authorized);
});

const script = document.createElement("script");
script.src = "https://x.klarnacdn.net/kp/lib/v1/api.js";
script.addEventListener("load", start);
script.addEventListener("error", () => {
  say("Klarna's script did not come. Look whether you are online, or whether something blocks it, and load this page again.");
});
document.head.append(script);
