// Forms with data-passkey="create|get": asks the browser for the passkey, then sends the form.
// What the form says of an error stands in its data, in the language of the page.

const said = (error, words) => {
  if (error.name === "NotAllowedError") return words.unused;
  if (error.name === "InvalidStateError") return words.known;
  return words.failed;
};

const optionsFor = async (form) => {
  const inPage = document.getElementById("passkey-options");
  if (inPage) return JSON.parse(inPage.textContent);
  const response = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(`${response.status}`);
  return response.json();
};

const create = async ({ creation_options: { publicKey } }) => {
  publicKey.authenticatorSelection = {
    ...publicKey.authenticatorSelection,
    residentKey: "required",
    requireResidentKey: true,
    userVerification: "required",
  };
  return navigator.credentials.create({
    publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey),
  });
};

const get = async ({ request_options: { publicKey } }) =>
  navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey) });

const ways = { create, get };

for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const error = form.querySelector("[role=alert]");
    error.hidden = true;
    try {
      const credential = await ways[form.dataset.passkey](await optionsFor(form));
      form.elements.credential.value = JSON.stringify(credential);
      form.submit();
    } catch (reason) {
      error.textContent = said(reason, form.dataset);
      error.hidden = false;
    }
  });
}
