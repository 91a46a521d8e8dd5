/** Drawing of the branch graph, one small picture a row. */
import * as React from 'react';

import type { IGraphRow } from './graph';

const STEP = 12;
const LEFT = 17;
/** Height of the dot below the row's upper edge: the middle of the title. */
const DOT = 16;

const x = (lane: number): number => LEFT + lane * STEP;

/** Pixels that the graph takes at the left of every row. */
export function graphWidth(lanes: number): number {
  return x(lanes - 1) + LEFT;
}

interface IPassing {
  lanes: readonly number[];
  width: number;
  height: number;
}

/** Lines that pass a row without a dot. */
export function Passing({ lanes, width, height }: IPassing): React.JSX.Element {
  return (
    <svg className="jpr-Graph" width={width} height={height} aria-hidden="true">
      {lanes.map(lane => (
        <path key={lane} className={`jpr-lane-${lane}`} d={`M${x(lane)} 0V${height}`} />
      ))}
    </svg>
  );
}

interface IDot {
  row: IGraphRow;
  width: number;
  height: number;
  /** Only an outline: an automatic checkpoint. */
  hollow: boolean;
}

/** A commit's dot with the lines around it. */
export function Dot({ row, width, height, hollow }: IDot): React.JSX.Element {
  const own = x(row.lane);
  return (
    <svg className="jpr-Graph" width={width} height={height} aria-hidden="true">
      {row.through.map(lane => (
        <path key={lane} className={`jpr-lane-${lane}`} d={`M${x(lane)} 0V${height}`} />
      ))}
      {row.joins.map(lane => (
        <path
          key={`j${lane}`}
          className={`jpr-lane-${lane}`}
          d={`M${x(lane)} 0C${x(lane)} ${DOT} ${own} ${DOT - 8} ${own} ${DOT}`}
        />
      ))}
      {row.above && <path className={`jpr-lane-${row.lane}`} d={`M${own} 0V${DOT}`} />}
      {row.below && <path className={`jpr-lane-${row.lane}`} d={`M${own} ${DOT}V${height}`} />}
      <circle
        className={`jpr-Dot jpr-lane-${row.lane}${hollow ? ' jpr-mod-hollow' : ''}`}
        cx={own}
        cy={DOT}
        r={4.5}
      />
    </svg>
  );
}
