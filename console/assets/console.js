// What pages gain where scripts run; without this file all of them work, only less lively.
"use strict";

// A question before what cannot be undone.
document.addEventListener("submit", (event) => {
	const question = event.submitter && event.submitter.dataset.confirm;
	if (question && !window.confirm(question)) event.preventDefault();
});

// <div data-live="/live/...">: the server sends its new content whenever it changes. With data-reload the page is loaded anew
// when it will not change any more, for what stands around it (buttons, lists) depends on that. Who has the focus in it keeps it.
function renew(part, content) {
	const places = () => [...part.querySelectorAll("a[href], button, summary, [tabindex]")];
	const at = places().indexOf(document.activeElement);
	part.innerHTML = content;
	if (at >= 0) places()[at]?.focus({ preventScroll: true, focusVisible: true });
}
for (const part of document.querySelectorAll("[data-live]")) {
	const source = new EventSource(part.dataset.live);
	source.addEventListener("part", (event) => renew(part, event.data));
	source.addEventListener("over", () => {
		source.close();
		if ("reload" in part.dataset) location.reload();
	});
}

// <input data-search="ID">: what is found while somebody types appears in that element; the newest question counts. Escape
// empties it, the arrow keys go through what was found.
for (const input of document.querySelectorAll("[data-search]")) {
	const found = document.getElementById(input.dataset.search), status = found.previousElementSibling;
	let timer = 0, asking = null;
	const ask = async () => {
		if (asking) asking.abort();
		asking = new AbortController();
		const query = input.value.trim();
		if (!query) { found.replaceChildren(); return; }
		try {
			const answer = await fetch(`${input.form.action}?part=1&q=${encodeURIComponent(query)}`, { signal: asking.signal });
			const text = await answer.text();
			if (answer.ok && query === input.value.trim()) {
				found.innerHTML = text;
				status.textContent = found.querySelector("[data-count]").textContent;
			}
		} catch (error) { if (error.name !== "AbortError") found.textContent = "The server does not answer."; }
	};
	input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 150); });
	const step = (event) => {
		if (event.key === "Escape") { input.value = ""; found.replaceChildren(); input.focus(); return; }
		if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
		const links = [...found.querySelectorAll("tbody td:first-child a")];
		const at = links.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
		if (!links.length) return;
		event.preventDefault();
		(at < 0 ? input : links[Math.min(at, links.length - 1)]).focus();
	};
	input.addEventListener("keydown", step);
	found.addEventListener("keydown", step);
}
