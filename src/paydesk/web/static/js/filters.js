// Filters leave no empty names in the address.
export function startFilters() {
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.verb !== "get") return;
    const values = event.detail.formData;
    for (const [name, value] of [...values.entries()]) if (value === "") values.delete(name);
  });
  document.addEventListener("submit", (event) => {
    if (event.target.method !== "get") return;
    const empty = [...event.target.elements].filter((field) => field.name && field.value === "");
    for (const field of empty) field.disabled = true;
    setTimeout(() => { for (const field of empty) field.disabled = false; }, 0);
  });
}
