import htmx from "htmx.org";

// The content security policy allows neither eval nor inline styles, and a page talks to its own site only.
htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.selfRequestsOnly = true;
