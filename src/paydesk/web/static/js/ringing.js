// A call that somebody does not want to take goes out of their sight; another that rings comes all the same.
export function startRinging() {
  document.addEventListener("click", (event) => event.target.closest?.("[data-hide-ring]")?.closest(".ring").remove());
}
