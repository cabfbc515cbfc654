const DIALOG = ".graphiql-dialog";
const OPEN = ".suggest-widget.visible, .parameter-hints-widget.visible, .find-widget.visible";
const EDITOR = ".graphiql-editor, .result-window";

/** Let those who use no mouse leave what they entered: GraphiQL's editors keep Tab, and its dialogs lose the focus. */
export const followKeyboard = () => {
  let outside;
  document.addEventListener("focusin", ({ target }) => {
    if (!target.closest(DIALOG)) outside = target;
  });
  // A dialog takes the focus along, wherever it was opened from.
  new MutationObserver((changes) => {
    const gone = changes.flatMap(({ removedNodes }) => [...removedNodes]);
    if (gone.some((node) => node.matches?.(DIALOG))) outside?.focus();
  }).observe(document.body, { childList: true });
  const leave = ({ key, target }) => {
    if (key === "Escape" && target.tagName === "TEXTAREA" && !document.querySelector(OPEN)) {
      target.closest(EDITOR)?.focus();
    }
  };
  // Before the editor hears of it, which then closes what is open.
  document.addEventListener("keydown", leave, { capture: true });
};
