// Ground rules: types, focus, motion. 4 8 12 16 24 are the spaces; 18 / 6 the arch's corners.

export const BASE = `
:host {
  all: initial;
}
.frame {
  --sans: Inter, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", system-ui, sans-serif;
  --serif: "EB Garamond", "Iowan Old Style", "Palatino Linotype", Palatino, Georgia, "Liberation Serif", serif;
  --gradient: linear-gradient(120deg, var(--gradient-from), var(--gradient-to));
  --shadow: 0 1px 2px rgba(26, 36, 75, .06), 0 6px 20px rgba(26, 36, 75, .12);
  position: fixed;
  z-index: 2147483000;
  inset: auto;
  display: block;
  font: 14px/1.5 var(--sans);
  color: var(--ink);
  color-scheme: light;
  text-align: start;
  -webkit-text-size-adjust: 100%;
}
.frame[data-theme=dark] {
  color-scheme: dark;
}
.frame[data-position^=bottom] {
  bottom: calc(20px + env(safe-area-inset-bottom, 0px));
}
.frame[data-position^=top] {
  top: calc(20px + env(safe-area-inset-top, 0px));
}
.frame[data-position$=right] {
  right: 20px;
}
.frame[data-position$=left] {
  left: 20px;
}
*, *::before, *::after {
  box-sizing: border-box;
  margin: 0;
}
[hidden] {
  display: none !important;
}
button, textarea {
  font: inherit;
  color: inherit;
}
button {
  border: 0;
  padding: 0;
  background: none;
  cursor: pointer;
  -webkit-tap-highlight-color: transparent;
}
:focus-visible {
  outline: 2px solid var(--violet-text);
  outline-offset: 2px;
}
svg {
  width: 20px;
  height: 20px;
  display: block;
  stroke: currentColor;
  fill: none;
  stroke-width: 1.7;
  stroke-linecap: round;
  stroke-linejoin: round;
}
.aside {
  position: absolute;
  width: 1px;
  height: 1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}
.wave {
  display: flex;
  gap: 2.5px;
  align-items: center;
  justify-content: center;
}
.wave i {
  width: 3px;
  border-radius: 3px;
  background: var(--sunrise);
}
.wave .a { height: 8px }
.wave .b { height: 18px }
.wave .c { height: 12px }
.wave .d { height: 16px }
@keyframes rise {
  from { opacity: 0; transform: translateY(8px) }
}
@keyframes voice {
  50% { transform: scaleY(.4); opacity: .55 }
}
@media (prefers-reduced-motion: reduce) {
  *, *::before, *::after {
    animation: none !important;
    transition: none !important;
  }
}
@media print {
  .frame { display: none }
}
`;
