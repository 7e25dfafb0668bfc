import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import './tokens.css';
import './base.css';
import './controls.css';
import './components.css';
import './plots.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { collectDiagnostics } from './diagnostics';
import { theme } from './state/theme.svelte';

const diagnostics = document.getElementById('diagnostics');
const target = document.getElementById('app');
if (diagnostics !== null) collectDiagnostics(diagnostics);
theme.begin();
if (target !== null) mount(App, { target });
