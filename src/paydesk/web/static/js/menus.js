// Menus of a page ([data-menu], opened by a button with popovertarget): they stand beside their button, arrows move
// in them, and what is pressed closes them. Their keys work while they are closed, too (see keyboard.js).
const EDGE = 8;
const opener = (menu) => document.querySelector(`[popovertarget="${CSS.escape(menu.id)}"]`);

export function startMenus() {
  document.addEventListener("toggle", (event) => {
    const menu = event.target;
    if (!menu.matches?.("[data-menu]") || event.newState !== "open") return;
    place(menu, opener(menu));
    items(menu)[0]?.focus();
  }, true);
  document.addEventListener("keydown", (event) => {
    const menu = event.target.closest?.("[data-menu]");
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!menu || !step) return;
    event.preventDefault();
    const all = items(menu);
    all[(all.indexOf(document.activeElement) + step + all.length) % all.length].focus();
  });
  document.addEventListener("click", (event) => {
    const menu = event.target.closest?.("[data-menu]:popover-open");
    if (menu && event.target.closest(".item")) menu.hidePopover();
  }, true);
}

const items = (menu) => [...menu.querySelectorAll(".item")];

function place(menu, button) {
  if (!button) return;
  const at = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const below = at.bottom + 4 + height <= innerHeight - EDGE || at.top < height;
  menu.style.setProperty("left", `${Math.max(EDGE, Math.min(at.left, innerWidth - width - EDGE))}px`);
  menu.style.setProperty("top", `${Math.max(EDGE, Math.min(below ? at.bottom + 4 : at.top - height - 4, innerHeight - height - EDGE))}px`);
}

// Whether something in a closed menu can be reached: its button is there to be pressed.
export function inMenu(element) {
  const menu = element.closest("[data-menu]");
  const button = menu && opener(menu);
  return Boolean(button) && button.offsetParent !== null;
}

// Where the focus goes back to: a line of a closed menu gives it to the button of the menu.
export function standsFor(element) {
  const menu = element?.closest?.("[data-menu]");
  return menu ? opener(menu) : element;
}
