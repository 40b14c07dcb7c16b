export const PANEL = `
.panel {
  --width: 372px;
  --height: 640px;
  display: flex;
  flex-direction: column;
  width: min(var(--width), calc(100vw - 40px));
  height: min(var(--height), calc(100vh - 40px));
  height: min(var(--height), calc(100dvh - 40px));
  overflow: hidden;
  background: var(--paper);
  border-radius: 28px 28px 28px 10px;
  box-shadow: 0 30px 80px rgba(26, 36, 75, .22), 0 2px 8px rgba(26, 36, 75, .08);
  animation: rise .15s ease-out;
  overscroll-behavior: contain;
}
.panel:focus-visible {
  outline: none;
}
[data-size=small] .panel {
  --width: 320px;
  --height: 520px;
}
[data-size=large] .panel {
  --width: 440px;
  --height: 740px;
}
.top {
  flex: none;
  display: flex;
  align-items: center;
  gap: 12px;
  padding: 20px 20px 16px;
  color: #fff;
  background: var(--gradient);
}
.logo {
  flex: none;
  display: grid;
  place-items: center;
  width: 40px;
  height: 40px;
  overflow: hidden;
  border-radius: 14px 14px 14px 5px;
  background: rgba(255, 255, 255, .16);
}
.logo img {
  width: 100%;
  height: 100%;
  object-fit: cover;
}
.who {
  flex: 1;
  min-width: 0;
}
.name, .mood {
  overflow: hidden;
  text-overflow: ellipsis;
  white-space: nowrap;
}
.name {
  font: 600 16px/1.35 var(--sans);
}
.mood {
  font-size: 12px;
  color: rgba(255, 255, 255, .88);
}
.close {
  flex: none;
  width: 36px;
  height: 36px;
  margin-inline-end: -8px;
  display: grid;
  place-items: center;
  border-radius: 50%;
  transition: background .15s ease-out;
}
.close:hover {
  background: rgba(255, 255, 255, .14);
}
.top :focus-visible {
  outline-color: #fff;
  outline-offset: -2px;
}
.foot {
  flex: none;
  border-top: 1px solid var(--line);
  padding-bottom: 12px;
}
.say {
  display: flex;
  align-items: flex-end;
  gap: 8px;
  padding: 12px 16px 0;
}
.field {
  flex: 1;
  min-width: 0;
  min-height: 44px;
  max-height: 130px;
  padding: 11px 18px;
  border: 0;
  border-radius: 22px;
  resize: none;
  overflow-y: auto;
  background: var(--room);
  scrollbar-width: none;
}
.field::placeholder {
  color: var(--ink3);
  opacity: 1;
}
.field:focus-visible {
  outline-width: 1.5px;
  outline-offset: 0;
}
.round {
  flex: none;
  width: 44px;
  height: 44px;
  display: grid;
  place-items: center;
  border-radius: 50%;
  color: #fff;
  background: var(--gradient);
  transition: transform .15s ease-out;
}
.round:hover {
  transform: translateY(-2px);
}
.powered {
  padding-top: 8px;
  font-size: 11px;
  line-height: 1.3;
  text-align: center;
  color: var(--ink3);
}
.status {
  display: flex;
  align-items: center;
  justify-content: space-between;
  gap: 12px;
  margin: 12px 16px 0;
  padding: 9px 9px 9px 14px;
  min-height: 44px;
  border-radius: 18px 18px 18px 6px;
  font-size: 13px;
  line-height: 1.4;
  background: var(--room);
  color: var(--ink);
}
.status.bad {
  border: 1px solid var(--bad);
  background: var(--paper);
}
.status.over {
  flex-direction: column;
  padding: 4px 0 2px;
  background: none;
  color: var(--ink2);
}
.pill {
  flex: none;
  min-height: 32px;
  padding: 5px 15px;
  border-radius: 50px;
  font-weight: 600;
  font-size: 13px;
  color: #fff;
  background: var(--gradient);
}
.over .pill {
  padding: 9px 22px;
  font-size: 14px;
}
@media (max-width: 480px) {
  .frame:has(.panel:not([hidden])) {
    inset: 0;
  }
  .panel, [data-size] .panel {
    position: fixed;
    top: 0;
    left: 0;
    width: 100%;
    height: var(--seen, 100dvh);
    border-radius: 0;
  }
  .top {
    padding-top: calc(16px + env(safe-area-inset-top, 0px));
  }
  .foot {
    padding-bottom: calc(12px + env(safe-area-inset-bottom, 0px));
  }
  .field {
    font-size: 16px;
    line-height: 22px;
  }
}
@media (forced-colors: active) {
  .panel, .field, .pill, .round { border: 1px solid }
}
`;
