import './multiRoot.test';
