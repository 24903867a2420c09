"""Judge a part of a page by axe-core, the rules that most tools for accessibility share.

axe-core passes over what it takes for hidden, and over what it cannot tell. Here, neither counts
as good: each text that is seen must have been judged for its contrast.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

# Returns sentences about what is wrong. axe-core leaves it to others to judge the contrast of signs
# that are no letters, such as a circled number, and of a text whose lines do not all stand on the
# same elements: that happens here, by its own arithmetic.
JUDGE = """async context => {
    const twice = done => requestAnimationFrame(() => requestAnimationFrame(done));
    await new Promise(twice);
    const results = await axe.run(context, {elementRef: true, selectors: false});
    const all = [...results.violations, ...results.passes, ...results.incomplete];
    const colours = all.filter(rule => rule.id === 'color-contrast').flatMap(rule => rule.nodes);
    const judged = new Set(colours.map(node => node.element));
    const faults = results.violations
        .filter(rule => ['serious', 'critical'].includes(rule.impact))
        .flatMap(rule => rule.nodes.map(node => [rule.id, node.failureSummary, node.html]));

    axe.setup();
    const {Color, flattenColors, getContrast} = axe.commons.color;
    const read = text => { const colour = new Color(); colour.parseString(text); return colour; };
    const contrastOf = element => {
        const grounds = [];
        for (let each = element; each; each = each.parentElement) {
            const {backgroundColor, backgroundImage, opacity} = getComputedStyle(each);
            if (backgroundImage !== 'none' || opacity !== '1') return 0;
            grounds.push(read(backgroundColor));
        }
        const onto = (below, above) => flattenColors(above, below);
        const ground = grounds.reduceRight(onto, new Color(255, 255, 255));
        return getContrast(ground, onto(ground, read(getComputedStyle(element).color)));
    };
    const undecided = ['nonBmp', 'elmPartiallyObscured', 'elmPartiallyObscuring'];
    for (const rule of results.incomplete.filter(rule => rule.id === 'color-contrast'))
        for (const {element, any: [check], html} of rule.nodes)
            if (!undecided.includes(check.data?.messageKey) || contrastOf(element) < 4.5)
                faults.push([rule.id, check.message, html]);
    axe.teardown();

    const isSeen = node => {
        if (node.parentElement.matches('details:not([open])')) return false;
        const range = document.createRange();
        range.selectNodeContents(node);
        return node.nodeType === Node.TEXT_NODE
            && /\\w\\w/.test(node.data)
            && range.getClientRects().length > 0;
    };
    const unjudged = [...document.querySelectorAll(context)]
        .flatMap(part => [...part.querySelectorAll('*:not(style, script)')])
        .filter(element => element.checkVisibility() && !judged.has(element))
        .filter(element => [...element.childNodes].some(isSeen));
    return [
        ...faults,
        ...unjudged.map(element => ['not judged for its contrast', '', element.outerHTML]),
    ].map(parts => parts.map(part => part.replace(/\\s+/g, ' ').slice(0, 200)).join(' | '));
}"""


def faults(page: Page, context: str) -> list[str]:
    """Judge a part of a page.

    Args:
        page: The page. Nothing may lie over the part, nor cut it off.
        context: A CSS selector of the parts.

    Returns:
        A line for each serious or critical violation, each contrast that is too low, and each text
        that was not judged for its contrast. Only the first of those that are many.
    """
    from axe_playwright_python.sync_playwright import Axe

    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(Axe().axe_script)
    lines: list[str] = page.evaluate(JUDGE, context)
    return [*lines[:12], *([f"and {len(lines) - 12} more"] if len(lines) > 12 else [])]
