export { settingsRouter } from './router.ts';
export { createSettings, type SettingsPatch, type SettingsService } from './service.ts';
