// The description of the API as a page to try it on.
window.SwaggerUIBundle({ url: "/openapi.json", dom_id: "#console", deepLinking: false, validatorUrl: null });
