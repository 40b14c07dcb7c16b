export const VOICE = `
.call {
  flex: 1;
  min-height: 0;
  display: flex;
  flex-direction: column;
  align-items: center;
  padding: 60px 24px 0;
  overflow-y: auto;
  text-align: center;
  background: radial-gradient(420px 300px at 50% 36%, var(--sunrise-soft) 0, var(--violet-soft) 55%, var(--paper) 100%);
}
.voices {
  flex: none;
  display: flex;
  gap: 4px;
  align-items: center;
  height: 120px;
}
.voices i {
  width: 5px;
  border-radius: 5px;
  background: linear-gradient(var(--violet), var(--sunrise));
  transform: scaleY(.28);
}
.voices.live i {
  transform: none;
}
.heard {
  display: flex;
  flex-direction: column;
  align-items: center;
  width: 100%;
  padding-bottom: 16px;
}
.spoken {
  width: 100%;
  margin-top: 22px;
  font: italic 21px/1.35 var(--serif);
  overflow-wrap: anywhere;
}
.spoken.long {
  font-size: 18px;
}
.spoken.caller {
  font: 17px/1.5 var(--sans);
}
.spoken:empty {
  display: none;
}
.cue {
  max-width: 300px;
  min-height: 18px;
  margin-top: 10px;
  font-size: 12px;
  color: var(--ink2);
}
.failed .cue {
  font-size: 14px;
  color: var(--ink);
}
.mend {
  display: flex;
  flex-direction: column;
  align-items: center;
  gap: 12px;
  margin-top: 16px;
}
.mend .again {
  min-height: 24px;
}
.mend .pill {
  padding: 9px 22px;
  font-size: 14px;
}
.controls {
  flex: none;
  display: flex;
  gap: 18px;
  align-items: center;
  margin-top: auto;
  padding: 16px 0 24px;
}
.key {
  width: 52px;
  height: 52px;
  display: grid;
  place-items: center;
  border-radius: 50%;
  background: var(--paper);
  box-shadow: var(--shadow);
  transition: background .15s ease-out;
  touch-action: none;
  user-select: none;
}
[data-theme=dark] .key {
  background: var(--room);
}
.key > * {
  grid-area: 1 / 1;
}
.mute > :last-child, .mute.on > :first-child {
  visibility: hidden;
}
.mute.on > :last-child {
  visibility: visible;
}
.frame .mute.on {
  background: var(--sunrise-soft);
  color: var(--sunrise-text);
}
.frame .end {
  width: 64px;
  height: 64px;
  background: var(--bad);
  color: var(--paper);
}
.holding .hold {
  order: 1;
  width: 72px;
  height: 72px;
}
.holding .end {
  width: 52px;
  height: 52px;
}
.holding .write {
  order: 2;
}
.frame .hold {
  color: #fff;
  background: var(--gradient);
}
.hold.on {
  outline: 4px solid var(--sunrise);
  outline-offset: 3px;
}
.devices {
  flex: none;
  width: 100%;
  padding-bottom: calc(16px + env(safe-area-inset-bottom, 0px));
  font-size: 12px;
}
.devices .again {
  min-height: 24px;
  font-weight: 400;
  text-decoration: none;
  color: var(--ink2);
}
.devices .again:hover {
  text-decoration: underline;
}
.lists label {
  display: flex;
  align-items: center;
  gap: 12px;
  margin-bottom: 8px;
  text-align: start;
}
.lists span {
  width: 84px;
  flex: none;
}
select {
  flex: 1;
  min-width: 0;
  height: 32px;
  padding: 0 10px;
  font: inherit;
  color: inherit;
  background: var(--paper);
  border: 1px solid var(--line);
  border-radius: 9px 9px 9px 3px;
}
.round .wave {
  transform: scale(.9);
}
.mark.live {
  box-shadow: 0 0 0 3px var(--paper), 0 0 0 6px var(--sunrise);
  animation: glow 1.6s ease-in-out infinite;
}
@keyframes glow {
  50% { box-shadow: 0 0 0 3px var(--paper), 0 0 0 10px var(--sunrise) }
}
@media (max-height: 560px) {
  .call { padding-top: 20px }
  .voices { height: 80px; zoom: .7 }
}
@media (forced-colors: active) {
  .key, select { border: 1px solid }
  .voices i { background: CanvasText }
}
`;
