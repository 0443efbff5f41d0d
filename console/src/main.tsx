import { render } from "preact";
import { begin, watchPresence } from "./session";
import { Shell } from "./shell";
import { start } from "./store";

const place = document.getElementById("app");
if (place !== null) render(<Shell />, place);
start();
watchPresence();
void begin();
