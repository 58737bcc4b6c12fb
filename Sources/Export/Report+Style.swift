extension Report {
  /// The page's style: light and dark by the reader's setting, readable on paper.
  ///
  /// Colours of the series are those of Okabe & Ito 2008; no rule needs a quotation mark or an angle bracket, so the text
  /// is the same escaped and not.
  static let style = """
    :root {
      color-scheme: light dark;
      --ground: #ffffff; --ink: #1b1f24; --quiet: #59616b; --rule: #d5dae0; --panel: #f4f6f8;
      --c1: #0072b2; --c2: #d55e00; --c3: #009e73; --c4: #b5588d; --c5: #c98a00; --c6: #56b4e9;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --ground: #14171b; --ink: #e8ebef; --quiet: #a0a9b4; --rule: #363d46; --panel: #1d2228;
        --c1: #4aa8e0; --c2: #ff8f45; --c3: #2cc79b; --c4: #e39ac4; --c5: #f0b93a; --c6: #8fb9d3;
      }
    }
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
    main { max-width: 52rem; margin: 0 auto; padding: 2rem 1rem 4rem; }
    h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 0.3rem; overflow-wrap: anywhere; }
    h2 { font-size: 1.35rem; margin: 2.6rem 0 0.6rem; }
    h3 { font-size: 1.05rem; margin: 0 0 0.4rem; }
    p, li { margin: 0.6rem 0; overflow-wrap: anywhere; }
    .quiet, figcaption, caption { color: var(--quiet); font-size: 0.9rem; }
    .lead { font-size: 1.1rem; }
    pre { background: var(--panel); padding: 0.8rem 1rem; border-radius: 6px; overflow-x: auto; font-size: 0.85rem; }
    .equation { border-left: 4px solid var(--c2); }
    div.equation { padding: 0.2rem 0 0.2rem 1rem; margin: 0.8rem 0; font-size: 1.15rem; overflow-x: auto; }
    pre.equation, pre.formula { white-space: pre-wrap; overflow-wrap: anywhere; }
    pre.equation { font-size: 1.05rem; }
    .math { margin: 0.5rem 0; line-height: 2.4; }
    math { white-space: nowrap; }
    nav li { margin: 0; }
    nav ul { display: flex; flex-wrap: wrap; gap: 0.2rem 1.2rem; list-style: none; margin: 1rem 0; padding: 0; }
    a { color: var(--c1); text-underline-offset: 0.15em; }
    section { scroll-margin-top: 1rem; }
    figure { margin: 1.6rem 0; }
    .plot { overflow-x: auto; }
    figcaption { margin: 0.3rem 0; }
    details { margin: 0.4rem 0; }
    summary { cursor: pointer; color: var(--c1); font-size: 0.9rem; }
    .group { border-top: 1px solid var(--rule); padding: 0.3rem 0; }
    summary.place { font-size: 1rem; overflow-wrap: anywhere; }
    .scroll { overflow-x: auto; }
    details .scroll { max-height: 24rem; overflow-y: auto; }
    table { border-collapse: collapse; font-size: 0.88rem; font-variant-numeric: tabular-nums; margin: 0.6rem 0; }
    caption { text-align: left; padding-bottom: 0.3rem; }
    .caption { color: var(--quiet); font-size: 0.9rem; margin: 0.8rem 0 0; }
    th, td { text-align: right; padding: 0.25rem 0.7rem; border-bottom: 1px solid var(--rule); }
    th { font-weight: 600; vertical-align: bottom; }
    td { white-space: nowrap; }
    th.words, td.words { text-align: left; }
    td.long { white-space: normal; overflow-wrap: break-word; min-width: 7rem; }
    th:first-child, td:first-child { padding-left: 0; }
    #provenance td.long { overflow-wrap: anywhere; }
    svg.chart { display: block; width: 100%; max-width: 40rem; height: auto; font: 12px system-ui, sans-serif; }
    svg .label { fill: var(--ink); }
    svg .strong { font-weight: 600; }
    svg .tick { fill: var(--quiet); font-size: 11px; }
    svg .grid { stroke: var(--rule); stroke-width: 0.7; }
    svg .axis { stroke: var(--quiet); }
    svg .reference { stroke: var(--quiet); stroke-dasharray: 4 3; }
    svg .curve { fill: none; stroke-width: 1.8; stroke-linejoin: round; }
    svg .whisker { stroke-width: 2.4; }
    svg .band { opacity: 0.18; }
    svg .faint { opacity: 0.5; }
    svg .edge { opacity: 0.35; }
    svg .bar { stroke-width: 10; opacity: 0.35; }
    svg .front { stroke: var(--quiet); }
    svg .f0 { fill: var(--quiet); }
    @media (max-width: 42rem) { svg.chart { min-width: 20rem; } body { font-size: 15px; } h1 { font-size: 1.5rem; } }
    .f1 { fill: var(--c1); } .f2 { fill: var(--c2); } .f3 { fill: var(--c3); }
    .f4 { fill: var(--c4); } .f5 { fill: var(--c5); } .f6 { fill: var(--c6); }
    .s1 { stroke: var(--c1); } .s2 { stroke: var(--c2); } .s3 { stroke: var(--c3); }
    .s4 { stroke: var(--c4); } .s5 { stroke: var(--c5); } .s6 { stroke: var(--c6); }
    @media print {
      :root {
        --ground: #ffffff; --ink: #000000; --quiet: #444444; --rule: #bbbbbb; --panel: #f4f4f4;
        --c1: #0072b2; --c2: #d55e00; --c3: #009e73; --c4: #b5588d; --c5: #c98a00; --c6: #56b4e9;
      }
      body { font-size: 10.5pt; }
      main { max-width: none; padding: 0; }
      figure, table, pre { break-inside: avoid; }
      h2, h3 { break-after: avoid; }
      pre { white-space: pre-wrap; }
      details:not([open]):not(.group) { display: none; }
      details.group::details-content { content-visibility: visible; }
      nav { display: none; }
      .scroll, .plot, div.equation { overflow: visible; }
      details .scroll { max-height: none; }
      table { font-size: 8.5pt; }
      td { white-space: normal; }
    }
    """
}
