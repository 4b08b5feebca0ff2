/** Words of what the desktop brings, in Chinese. */
import type { desktop as en } from "./desktop.en";

export const desktop: typeof en = {
  asked: {
    title: (file) => `导入 ${file}`,
    hint: "由桌面用雨渡打开。选择一个团队，先看计划。",
    nothingYet: "在计划里按下按钮之前，什么都不会发生。",
    leave: "只保持打开",
    app: "应用",
    time: "备份时间",
    from: "来自",
    file: "文件",
    where: "导入到哪里？",
    noTeams: "还没有连接任何集群。请先添加要运行此应用的集群。",
  },
};
