// What Lighthouse finds on one page, as JSON: <url> <mobile|desktop>. CHROME_PATH says which browser.
import { launch } from 'chrome-launcher';
import lighthouse, { desktopConfig } from 'lighthouse';

const [url, preset] = process.argv.slice(2);
const chrome = await launch({ chromeFlags: ['--headless=new', '--no-sandbox', '--disable-gpu'] });
try {
  const options = { port: chrome.port, logLevel: 'error' };
  const { lhr } = await lighthouse(url, options, preset === 'desktop' ? desktopConfig : undefined);
  const categories = Object.values(lhr.categories);
  const weighty = new Set(
    categories.flatMap(({ auditRefs }) => auditRefs.filter(({ weight }) => weight > 0).map(({ id }) => id)),
  );
  const amiss = Object.values(lhr.audits).filter(({ id, score }) => weighty.has(id) && score !== null && score < 0.9);
  const scores = categories.map(({ id, score }) => [id, Math.round(score * 100)]);
  console.log(
    JSON.stringify({
      scores: Object.fromEntries(scores),
      amiss: amiss.map(({ id, displayValue }) => [id, displayValue]),
    }),
  );
} finally {
  chrome.kill();
}
