// The screens by name, in the order in which a voter meets them.

import { authenticator } from './authenticator.js';
import { ballot } from './ballot.js';
import { box } from './box.js';
import { checked } from './checked.js';
import { code } from './code.js';
import { ended } from './ended.js';
import { enter } from './enter.js';
import { leave } from './leave.js';
import { receipt } from './receipt.js';
import { review } from './review.js';
import { sealed } from './sealed.js';
import { loading, stop } from './stop.js';

export const SCREENS = { loading, enter, code, ballot, review, sealed, checked, receipt, box, authenticator, leave, ended, stop };
