import { suggestion } from '#filter/error';
import { type Field, fields, type Order } from '#model/condition';
import type { Endpoint, PlaneStates } from '#model/endpoint';
import { UsageError } from './exit.ts';
import type { Style, Terminal } from './terminal.ts';
import type { Column } from './text/table.ts';
import { moment } from './text/words.ts';

interface EndpointColumn {
  title: string;
  cell: (endpoint: Endpoint) => string;
  align?: 'right';
  cut?: 'end' | 'middle';
}

const text = (cell: (endpoint: Endpoint) => string, cut?: 'end' | 'middle'): Omit<EndpointColumn, 'title'> =>
  cut ? { cell, cut } : { cell };

/** Every column there is, by the name that `--columns` takes; the titles are the names in capitals. */
const columns: Record<string, Omit<EndpointColumn, 'title'>> = {
  id: text(({ id }) => id),
  environment: text(({ environment }) => environment, 'end'),
  service: text(({ service }) => service, 'end'),
  protocol: text(({ protocol }) => protocol),
  method: text(({ method }) => method),
  path: text(({ path }) => path, 'middle'),
  hosts: text(({ hosts }) => hosts.join(' '), 'end'),
  planes: text(({ planes }) => planeMarks(planes)),
  declared: text(({ planes }) => planes.declared),
  deployed: text(({ planes }) => planes.deployed),
  coded: text(({ planes }) => planes.coded),
  observed: text(({ planes }) => planes.observed),
  verdict: text(({ verdict }) => verdict.verdict),
  leaf: text(({ verdict }) => verdict.leaf),
  reason: text(({ verdict }) => verdict.reason),
  because: text(({ verdict }) => verdict.because, 'end'),
  auth: text(({ auth }) => auth),
  authMechanisms: text(({ authMechanisms }) => authMechanisms.join(' '), 'end'),
  exposure: text(({ exposure }) => exposure),
  dataClasses: text(({ dataClasses }) => dataClasses.join(' '), 'end'),
  owner: text(({ owner }) => owner, 'end'),
  version: text(({ version }) => version),
  tags: text(({ tags }) => tags.join(' '), 'end'),
  firstSeen: text(({ firstSeen }) => moment(firstSeen)),
  lastSeen: text(({ lastSeen }) => moment(lastSeen)),
  lastCall: text(({ lastCall }) => moment(lastCall)),
  calls: { cell: ({ calls }) => String(calls), align: 'right' },
  sources: text(({ sources }) => sources.join(' '), 'end'),
  confidence: { cell: ({ confidence }) => confidence.toFixed(2), align: 'right' },
};

export const columnNames = Object.keys(columns);
const usual = ['leaf', 'method', 'path', 'service', 'planes', 'calls'];

/** The columns of a comma list; those of every day when there is none. */
export function chooseColumns(list: string | undefined): EndpointColumn[] {
  const names = list === undefined ? usual : list.split(',').map((name) => name.trim());
  return names.map((name) => {
    const found = Object.hasOwn(columns, name) ? columns[name] : undefined;
    if (!found) throw unknown('column', name, columnNames);
    return { title: name.replace(/[A-Z]/g, ' $&').toUpperCase(), ...found };
  });
}

/** As the table draws them. */
export function drawn(chosen: readonly EndpointColumn[], terminal: Terminal): Column[] {
  return chosen.map(({ title, align, cut }) => ({
    title,
    ...(align ? { align } : {}),
    ...(cut ? { cut } : {}),
    ...(title === 'LEAF' || title === 'VERDICT' ? { paint: (cell: string) => paintVerdict(terminal, cell) } : {}),
  }));
}

const styles: Record<string, Style> = {
  shadow: 'red',
  zombie: 'magenta',
  'deprecated-in-use': 'magenta',
  'deprecated-idle': 'magenta',
  undocumented: 'yellow',
  orphan: 'yellow',
  phantom: 'yellow',
  managed: 'green',
  fine: 'green',
  retired: 'green',
  indeterminate: 'dim',
  unknown: 'dim',
};

/** A verdict or leaf in its colour; blanks around it are kept. */
export function paintVerdict(terminal: Terminal, cell: string): string {
  const style = styles[cell.trim()];
  return style ? terminal.paint(style, cell) : cell;
}

/**
 * The four planes in four characters: `D` declared, `G` deployed, `C` coded, `T` traffic. A small letter is weaker (deprecated or
 * sunset, a draft, stale traffic), `-` known absence, `?` unknown.
 */
export function planeMarks({ declared, deployed, coded, observed }: PlaneStates): string {
  const mark = (state: string, letter: string, strong: string, absent: readonly string[]) => {
    if (state === 'unknown') return '?';
    if (absent.includes(state)) return '-';
    return state === strong ? letter : letter.toLowerCase();
  };
  return (
    mark(declared, 'D', 'active', ['none', 'removed']) +
    mark(deployed, 'G', 'yes', ['no']) +
    mark(coded, 'C', 'yes', ['no']) +
    mark(observed, 'T', 'fresh', ['never'])
  );
}

/** `lastSeen:desc`, several with commas; by service, path and method when nothing is asked for. */
export function parseSort(list: string | undefined): Order[] {
  const asked = (list ?? 'service,path,method,environment').split(',').map((item) => item.trim());
  return asked.map((item) => {
    const [name = '', direction = 'asc', ...more] = item.split(':');
    if (!(fields as readonly string[]).includes(name)) throw unknown('field to sort by', name, fields);
    if (more.length > 0 || !['asc', 'desc'].includes(direction)) {
      throw new UsageError(`"${item}" is no order: write ${name} or ${name}:desc.`);
    }
    return { field: name as Field, descending: direction === 'desc' };
  });
}

function unknown(what: string, name: string, known: readonly string[]): UsageError {
  return new UsageError(`There is no ${what} "${name}". ${suggestion(name, known)}There are ${known.join(', ')}.`);
}
