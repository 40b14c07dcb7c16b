export const TALK = `
.talk {
  position: relative;
  flex: 1;
  min-height: 0;
  display: flex;
}
.log {
  flex: 1;
  min-width: 0;
  overflow-y: auto;
  overscroll-behavior: contain;
  padding: 18px 20px 8px;
  scrollbar-width: thin;
  scrollbar-color: var(--line) transparent;
}
.log:focus-visible {
  outline-offset: -3px;
  border-radius: 6px;
}
.line {
  position: relative;
  margin-bottom: 14px;
}
.words, .card p {
  white-space: pre-wrap;
  overflow-wrap: anywhere;
}
.agent > .words {
  max-width: 88%;
  font: 17px/1.4 var(--serif);
}
.visitor > .words {
  width: fit-content;
  max-width: 80%;
  margin-inline-start: auto;
  padding: 9px 15px;
  border-radius: 18px 18px 6px 18px;
  background: var(--violet-soft);
}
.waiting > .words {
  font-style: italic;
}
.note {
  margin-top: 4px;
  font-size: 12px;
  text-align: end;
  color: var(--bad);
}
.sources {
  margin-top: 4px;
  font-size: 12px;
  color: var(--ink3);
}
.again, a {
  color: var(--violet-text);
  text-decoration: underline;
  text-underline-offset: 2px;
}
.again {
  font-weight: 600;
}
.chips {
  display: flex;
  flex-wrap: wrap;
  gap: 8px;
  margin: 16px 0 16px;
}
.chip {
  min-height: 33px;
  max-width: 100%;
  padding: 6px 14px;
  border: 1px solid var(--violet-line);
  border-radius: 50px;
  background: var(--paper);
  color: var(--violet-text);
  font-weight: 600;
  font-size: 13px;
  line-height: 1.4;
  text-align: start;
  transition: background .15s ease-out;
}
.chip:hover {
  background: var(--violet-soft);
}
.chip[aria-disabled=true] {
  cursor: default;
  background: none;
  border-color: var(--line);
  color: var(--ink3);
}
.chip.chosen {
  border-color: var(--violet-line);
  color: var(--violet-text);
}
.card {
  margin-top: 14px;
  padding: 13px 15px;
  border: 1px solid var(--line);
  border-radius: 18px 18px 18px 6px;
}
.card:first-child {
  margin-top: 0;
}
.card strong {
  display: block;
  font-weight: 600;
}
.card p {
  font-size: 13px;
  color: var(--ink2);
}
.picture {
  display: block;
  max-width: 100%;
  height: auto;
  margin-top: 8px;
  border-radius: 18px 18px 18px 6px;
}
.card .picture {
  width: 100%;
  margin: 0 0 10px;
  border-radius: 10px 10px 10px 4px;
}
.preparing {
  width: fit-content;
  height: 24px;
  margin-bottom: 14px;
}
.preparing i {
  background: linear-gradient(var(--violet), var(--sunrise));
  animation: voice 1.1s ease-in-out infinite;
}
.preparing .b { animation-delay: .12s }
.preparing .c { animation-delay: .24s }
.preparing .d { animation-delay: .36s }
.newest {
  position: absolute;
  bottom: 10px;
  left: 50%;
  width: 36px;
  height: 36px;
  margin-left: -18px;
  display: grid;
  place-items: center;
  border-radius: 50%;
  background: var(--paper);
  color: var(--violet-text);
  box-shadow: var(--shadow);
}
@media (forced-colors: active) {
  .visitor > .words, .newest { border: 1px solid }
  .preparing i { background: CanvasText }
}
`;
