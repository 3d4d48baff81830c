// Starts the small parts of every page. Each works on plain attributes of the page and needs none of the others.
import { startCases } from "./cases.js";
import { startClocks } from "./clocks.js";
import { startDialogs } from "./dialogs.js";
import { startDropzones } from "./dropzone.js";
import { startFilters } from "./filters.js";
import { startFind } from "./find.js";
import { startKeyboard } from "./keyboard.js";
import { startLive } from "./live.js";
import { startPasskeys } from "./passkeys.js";
import { startQueue } from "./queue.js";
import { startRefusals } from "./refusals.js";
import { startSplit } from "./split.js";
import { startToasts } from "./toasts.js";

startCases();
startClocks();
startDialogs();
startDropzones();
startFilters();
startFind();
startKeyboard();
startLive();
startPasskeys();
startQueue();
startRefusals();
startSplit();
startToasts();
