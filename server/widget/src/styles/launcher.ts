export const LAUNCHER = `
.launcher {
  display: flex;
  align-items: flex-end;
  gap: 12px;
}
[data-position^=top] .launcher {
  align-items: flex-start;
}
[data-position$=left] .launcher {
  flex-direction: row-reverse;
}
.mark {
  position: relative;
  flex: none;
  width: 60px;
  height: 60px;
  border-radius: 22px 22px 22px 8px;
  background: var(--gradient);
  box-shadow: 0 4px 20px rgba(26, 36, 75, .28);
  transition: transform .15s ease-out, box-shadow .15s ease-out;
}
.mark:hover {
  transform: translateY(-2px);
  box-shadow: 0 8px 26px rgba(26, 36, 75, .32);
}
.mark .wave {
  transform: scale(1.3);
}
.dot {
  display: none;
  position: absolute;
  top: -3px;
  right: -3px;
  width: 14px;
  height: 14px;
  border-radius: 50%;
  background: var(--sunrise);
  border: 2px solid var(--paper);
}
.unread .dot {
  display: block;
}
.greeting {
  position: relative;
  max-width: min(270px, calc(100vw - 124px));
  background: var(--paper);
  border-radius: 18px 18px 6px 18px;
  box-shadow: var(--shadow);
  animation: rise .15s ease-out;
}
[data-position$=left] .greeting {
  border-radius: 18px 18px 18px 6px;
}
.invite {
  display: block;
  padding: 13px 36px 13px 16px;
  font: 17px/1.35 var(--serif);
  text-align: start;
  border-radius: inherit;
}
.dismiss {
  position: absolute;
  top: 4px;
  right: 4px;
  width: 28px;
  height: 28px;
  display: grid;
  place-items: center;
  border-radius: 50%;
  color: var(--ink3);
}
.dismiss svg {
  width: 16px;
  height: 16px;
}
@media (forced-colors: active) {
  .mark, .greeting { border: 1px solid }
  .wave i { background: CanvasText }
}
`;
