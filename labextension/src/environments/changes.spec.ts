import { describe, expect, it } from 'vitest';

import { packageChange } from '../testing/environments';
import { changeRows, countKinds, packageRows } from './changes';

const changes = [
  packageChange(),
  packageChange({ name: 'pyarrow', change: 'added', old: '', new: '22.0.0' }),
  packageChange({ name: 'pytz', change: 'removed', old: '2025.2', new: '' }),
  packageChange({ ecosystem: 'debian', name: 'libc6', change: 'downgraded' })
];

const words = (text: string, kinds: Parameters<typeof changeRows>[1]['kinds'] = []): string[] =>
  changeRows(changes, { text, kinds }).map(row =>
    row.kind === 'ecosystem' ? `# ${row.ecosystem} ${row.count}` : row.change.name
  );

describe('what became of packages', () => {
  it('is grouped by ecosystem', () => {
    expect(words('')).toEqual(['# python 3', 'pandas', 'pyarrow', 'pytz', '# debian 1', 'libc6']);
    expect(countKinds(changes)).toMatchObject({ added: 1, removed: 1, upgraded: 1, downgraded: 1 });
  });

  it('is narrowed by words and kinds', () => {
    expect(words('py')).toEqual(['# python 3', 'pandas', 'pyarrow', 'pytz']);
    expect(words('pyarrow')).toEqual(['# python 1', 'pyarrow']);
    expect(words('', ['removed', 'downgraded'])).toEqual([
      '# python 1',
      'pytz',
      '# debian 1',
      'libc6'
    ]);
    expect(words('debian', ['added'])).toEqual([]);
  });

  it('has keys of its own for each row, also for two of one name', () => {
    const rows = packageRows(
      [
        { ecosystem: 'conda', name: 'x', version: '1' },
        { ecosystem: 'conda', name: 'x', version: '2' }
      ],
      ''
    );
    expect(new Set(rows.map(row => row.key)).size).toBe(3);
  });
});
