(function () {
  try {
    const theme = localStorage.getItem('latchkey-theme');
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  } catch {
    // Storage can be switched off; then the system's theme is right.
  }
})();
