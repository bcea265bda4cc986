// The page: asks for a task, follows its events, draws the table from above. It knows the HTTP interface only.

const $ = (id) => document.getElementById(id);
const NAMES = {
  red: "#d91a1a", green: "#1a9926", blue: "#1a40d9", yellow: "#f2d91a", orange: "#f2800d", purple: "#8026a6",
  pink: "#fa8cb8", cyan: "#1accd9", brown: "#6b3d1f", white: "#f2f2f2", black: "#141414", gray: "#808085",
};
const FINAL = ["succeeded", "failed", "refused", "question", "cancelled", "interrupted"];
let stream = null;
let current = null;

async function ask(path, options) {
  const response = await fetch(path, options);
  const body = await response.json();
  if (!response.ok) throw new Error(body.detail || response.statusText);
  return body;
}

function element(name, attributes, text) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (text) node.textContent = text;
  return node;
}

// World frame to picture: +x is up, +y is left.
function drawThing(thing) {
  const [width, depth] = [thing.size[1], thing.size[0]];
  const group = element("g", { transform: `translate(${-thing.position[1]} ${-thing.position[0]}) rotate(${-(thing.yaw || 0) * 180 / Math.PI})` });
  const hollow = thing.kind === "bowl" || thing.kind === "tray";
  const colour = NAMES[thing.colour] || "#888";
  const look = {
    fill: hollow ? "none" : colour, stroke: hollow ? colour : "#0006", "stroke-width": hollow ? 0.008 : 0.0015,
    "fill-opacity": thing.kind === "zone" ? 0.45 : 1,
  };
  const round = ["cylinder", "ball", "bowl"].includes(thing.kind);
  group.append(round
    ? element("ellipse", { rx: width / 2, ry: depth / 2, ...look })
    : element("rect", { x: -width / 2, y: -depth / 2, width, height: depth, ...look }));
  group.append(element("title", {}, `${thing.id || `${thing.colour} ${thing.kind}`}, ${Math.round(1000 * thing.position[2])} mm high`));
  return group;
}

function draw(things, caption) {
  const ordered = [...things].sort((a, b) => a.position[2] - b.position[2]);
  $("table").replaceChildren(
    element("rect", { x: -0.25, y: -0.25, width: 0.5, height: 0.5, fill: "none", stroke: "#0003", "stroke-width": 0.002 }),
    ...ordered.map(drawThing));
  $("caption").textContent = caption;
}

function tell(name, text, tone) {
  const item = document.createElement("li");
  const title = document.createElement("b");
  title.textContent = name;
  item.append(title, " ", text);
  if (tone) item.className = tone;
  $("events").append(item);
  item.scrollIntoView({ block: "nearest" });
}

const number = (value) => (typeof value === "number" ? value.toFixed(4) : "–");
const words = (data) => data.words || data.reason || data.message || "";

const move = (data) => data.manipulations.map((one) => `${one.kind.replace("_", " and ")} ${one.thing}`).join(", then ");

const SAY = {
  subgoals: (data) => {
    $("subgoals").replaceChildren(...(data.subgoals || []).map((subgoal) => {
      const item = document.createElement("li");
      item.textContent = subgoal.words || JSON.stringify(subgoal.facts);
      return item;
    }));
    return [`${(data.subgoals || []).length} found`];
  },
  perceived: (data) => [`${data.things.length} things seen`],
  recalled: (data) => [`${data.episodes.length} episodes like this one`],
  subgoal: (data) => {
    $("subgoals").children[data.subgoal]?.classList.add(data.status === "reached" ? "good" : "bad");
    return [`${data.subgoal + 1} ${data.status}`, data.status === "reached" ? "good" : "bad"];
  },
  plan: (data) => (data.found === false
    ? [`none found: ${data.reason}`, "bad"]
    : [`${move(data)}; energy ${number(data.energy)} after ${number(data.first_energy)}`]),
  verdict: (data) => [data.reason, data.accepted ? "good" : "bad"],
  acted: (data) => [data.left ? `left early: ${data.left}` : `${data.steps} steps so far`, data.left ? "bad" : ""],
  observed: (data) => [`surprise ${number(data.surprise)}`],
};

function show(name, data) {
  const [text, tone] = (SAY[name] || ((other) => [words(other)]))(data);
  tell(name, text, tone);
  if (data.things) draw(data.things, "The table as it is perceived.");
}

function film(episode) {
  $("film").hidden = !episode;
  if (episode) $("film").src = `v1/episodes/${episode}/video`;
}

async function end(data) {
  stream.close();
  $("state").textContent = data.status;
  $("state").className = data.status === "succeeded" ? "good" : "bad";
  $("go").disabled = false;
  $("stop").disabled = true;
  tell("end", data.reason || data.status, data.status === "succeeded" ? "good" : "bad");
  if (data.episode) {
    const episode = await ask(`v1/episodes/${data.episode}`);
    if (episode.final) draw(episode.final.things, "The true state at the end.");
    if (episode.video) film(data.episode);
  }
  await listEpisodes();
}

function follow(task) {
  const known = ["queued", "running", "cancelling", "perceived", "recalled", "subgoals", "subgoal", "plan", "verdict", "acted", "observed", "done"];
  stream = new EventSource(`v1/tasks/${task}/events`);
  for (const name of known) stream.addEventListener(name, (event) => {
    $("state").textContent = FINAL.includes($("state").textContent) ? $("state").textContent : "running";
    show(name, JSON.parse(event.data));
  });
  stream.addEventListener("end", (event) => end(JSON.parse(event.data)));
}

async function listEpisodes() {
  const { episodes } = await ask("v1/episodes?limit=8");
  $("episodes").replaceChildren(...episodes.map((episode) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = `v1/episodes/${episode.episode}${episode.video ? "/video" : ""}`;
    link.textContent = episode.instruction;
    item.append(link, ` – ${episode.status}`);
    return item;
  }));
}

$("ask").addEventListener("submit", async (event) => {
  event.preventDefault();
  $("fault").textContent = "";
  try {
    const task = await ask("v1/tasks", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ instruction: $("instruction").value, scene: $("scene").value, seed: Number($("seed").value) }),
    });
    current = task.id;
    $("events").replaceChildren();
    $("subgoals").replaceChildren();
    film(null);
    $("state").textContent = task.status;
    $("state").className = "";
    $("go").disabled = true;
    $("stop").disabled = false;
    follow(task.id);
  } catch (error) {
    $("fault").textContent = error.message;
  }
});

$("stop").addEventListener("click", () => ask(`v1/tasks/${current}/cancel`, { method: "POST" }));
$("scene").addEventListener("change", async () => draw((await ask(`v1/scenes/${$("scene").value}`)).things, "The table from above; the far edge is at the top."));

const { scenes } = await ask("v1/scenes");
$("scene").replaceChildren(...scenes.map((name) => new Option(name, name, name === "demo", name === "demo")));
$("scene").dispatchEvent(new Event("change"));
await listEpisodes();
