// What pages gain where scripts run; without this file all of them work, only less lively.
"use strict";

// A question before what cannot be undone.
document.addEventListener("submit", (event) => {
	const question = event.submitter && event.submitter.dataset.confirm;
	if (question && !window.confirm(question)) event.preventDefault();
});

// <div data-live="/live/...">: the server sends its new content whenever it changes.
for (const part of document.querySelectorAll("[data-live]")) {
	const source = new EventSource(part.dataset.live);
	source.addEventListener("part", (event) => { part.innerHTML = event.data; });
	source.addEventListener("over", () => { source.close(); });
	source.addEventListener("reload", () => { source.close(); location.reload(); });
}
