export { settingsRouter } from './router.ts';
export { createSettings, type SettingsService } from './service.ts';
