// Shows the service's own description. Nothing here, nor in the page's policy, lets it ask another host.
SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#docs",
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  syntaxHighlight: false, // answers may be megabytes
  validatorUrl: null, // else a badge from elsewhere
});
