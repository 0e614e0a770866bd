"use strict";
// Codes are read from paper and typed: case, white space and dashes are no difference.
const plain = (text) => text.toLowerCase().replace(/[\s-]/g, "");
const lines = [...document.querySelectorAll("#lines p")].map((line) => [line, plain(line.textContent)]);
const box = document.getElementById("find");
const found = document.getElementById("found");
const blocks = document.querySelectorAll("#lines .block");

function search() {
  const wanted = plain(box.value);
  let count = 0;
  for (const [line, text] of lines) {
    line.hidden = !text.includes(wanted);
    count += line.hidden ? 0 : 1;
  }
  for (const block of blocks) {
    block.hidden = !block.querySelector("p:not([hidden])");
  }
  found.textContent = wanted === "" ? "" : count === 0 ? "Not in this record." : `${count} found.`;
}

box.closest(".search").hidden = false;
box.addEventListener("input", search);
