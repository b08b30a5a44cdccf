/** New elements, made without markup. */

export const element = (name, properties) => Object.assign(document.createElement(name), properties);
