import './activation.test';
import './variables.test';
import './tasks.test';
import './terminals.test';
import './launch.test';
import './commands.test';
import './views.test';
import './stall.test';
